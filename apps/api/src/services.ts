import { databaseAccess } from '@visage/shared/config/database'
import { storageSettings } from '@visage/shared/config/storage'
import { Avatars } from '@visage/shared/db/avatars'
import { openDatabase } from '@visage/shared/db/database'
import { Purges } from '@visage/shared/db/purges'
import { Uploads } from '@visage/shared/db/uploads'
import type { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import type { Logger } from '@visage/shared/log/logger'
import type { Dependency } from '@visage/shared/ops/dependencies'
import { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import { connectRedis, type Redis } from '@visage/shared/queue/redis-connection'
import { RevisionClock } from '@visage/shared/queue/revision-clock'
import { UploadEvents } from '@visage/shared/queue/upload-events'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { traced } from '@visage/shared/tracing/traced'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { ApiConfig } from './config.ts'
import type { ApiMetrics } from './metrics.ts'
import { type Limiters, openLimiters } from './rate-limit/limiter.ts'
import { OutcomeWaiters } from './receipts/outcome-waiters.ts'
import { QueuePositions } from './receipts/queue-positions.ts'

/** Every service that a handler can use. A handler takes only the services that it needs: `Pick<Services, …>`. */
export interface Services {
  readonly log: Logger
  readonly metrics: ApiMetrics
  readonly tracing: Tracing
  readonly store: ObjectStore
  readonly raw: RawObjects
  readonly queue: UploadQueue
  /** Undefined if no webhook is configured. */
  readonly announcementQueue: AnnouncementQueue | undefined
  readonly clock: RevisionClock
  readonly avatars: Avatars
  readonly uploads: Uploads
  readonly purges: Purges
  readonly limiters: Limiters
  readonly outcomeWaiters: OutcomeWaiters
  readonly queuePositions: QueuePositions
}

/** Values that exist before the API connects to its servers. */
interface ProcessContext {
  readonly log: Logger
  readonly shutdown: ShutdownSteps
  readonly tracing: Tracing
  readonly metrics: ApiMetrics
}

interface Connected {
  readonly redis: Redis
  readonly services: Services
  /** For `/readyz`. */
  readonly dependencies: Readonly<Record<'storage' | 'database' | 'queue', Dependency>>
}

/** Opens every client of the API. No server has to be available yet. */
export function connect(config: ApiConfig, context: ProcessContext): Connected {
  const { log, shutdown, tracing, metrics } = context
  const { queuePrefix: prefix, queueTimeout } = config
  const db = openDatabase(databaseAccess(config))
  shutdown.add('database', () => db.destroy())
  const store = ObjectStore.connect(storageSettings(config), config.s3Timeout)
  shutdown.add('storage', () => store.close())
  const redis = connectRedis(config, 'producer', queueTimeout, log)
  shutdown.add('redis', () => redis.disconnect())
  const queue = new UploadQueue(redis, prefix, log, tracing)
  shutdown.add('queue', () => queue.close())
  const announcementQueue = new AnnouncementQueue(redis, prefix, queueTimeout, log)
  shutdown.add('announcement queue', () => announcementQueue.close())
  const announces = config.webhookUrl !== undefined
  const uploads = new Uploads(db, announces)

  return {
    redis,
    services: {
      ...{ log, metrics, tracing, store, queue, uploads },
      raw: traced(new RawObjects(store), { put: 'store' }, tracing),
      clock: new RevisionClock(redis, prefix, log),
      announcementQueue: announces ? announcementQueue : undefined,
      avatars: new Avatars(db, announces),
      purges: new Purges(db),
      limiters: openLimiters(redis, config, metrics),
      outcomeWaiters: openOutcomeWaiters(config, uploads, context),
      queuePositions: new QueuePositions(queue),
    },
    dependencies: {
      storage: { check: () => store.ping(), required: true },
      database: { check: () => db.raw('select 1'), required: false },
      queue: { check: () => queue.ping(), required: false },
    },
  }
}

/** The outcome waiters read BullMQ's events, which needs a Redis connection of its own. */
function openOutcomeWaiters(
  config: ApiConfig,
  uploads: Uploads,
  { log, shutdown, metrics }: ProcessContext,
): OutcomeWaiters {
  const { queuePrefix, queueTimeout, maxOutcomeWaiters, eventStreamHeartbeat } = config
  const options = { limit: maxOutcomeWaiters, refreshEvery: eventStreamHeartbeat }
  const waiters = new OutcomeWaiters(options, uploads, log, metrics)
  const redis = connectRedis(config, 'consumer', queueTimeout, log)
  const events = new UploadEvents(redis, queuePrefix, log)
  shutdown.add('events', () => events.close())
  events.subscribe(waiters)
  return waiters
}
