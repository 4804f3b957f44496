import type { StoredRevision } from '@visage/shared/avatar/removal'
import { databaseAccess } from '@visage/shared/config/database'
import { storageSettings } from '@visage/shared/config/storage'
import { Announcements } from '@visage/shared/db/announcements'
import { Avatars } from '@visage/shared/db/avatars'
import { openDatabase } from '@visage/shared/db/database'
import { findReferenced, Purges } from '@visage/shared/db/purges'
import { Rerenders } from '@visage/shared/db/rerenders'
import { Uploads } from '@visage/shared/db/uploads'
import type { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import type { Logger } from '@visage/shared/log/logger'
import { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import { connectRedis } from '@visage/shared/queue/redis-connection'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { Originals } from '@visage/shared/storage/originals'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { WorkerConfig } from './config.ts'
import type { WorkerMetrics } from './metrics.ts'

export type WorkerServices = ReturnType<typeof connect>

/** Maximum time, in milliseconds, that a job waits while it enqueues an announcement. */
const ENQUEUE_TIMEOUT = 500

/** Context that exists before a worker or a command connects to its services. */
interface ProcessContext {
  readonly log: Logger
  readonly shutdown: ShutdownSteps
  readonly tracing: Tracing
  readonly metrics: WorkerMetrics
}

/** Creates the clients of Postgres, Redis and the object store. These can still be unavailable. */
export function connect(config: WorkerConfig, { log, shutdown, tracing, metrics }: ProcessContext) {
  const db = openDatabase(databaseAccess(config))
  shutdown.add('database', () => db.destroy())
  const store = ObjectStore.connect(storageSettings(config), config.s3Timeout)
  shutdown.add('storage', () => store.close())
  const redis = connectRedis(config, 'consumer', 0, log)
  shutdown.add('redis', () => redis.disconnect())
  const queue = new UploadQueue(redis, config.queuePrefix, log, tracing)
  shutdown.add('queue', () => queue.close())
  const announcementQueue = new AnnouncementQueue(redis, config.queuePrefix, ENQUEUE_TIMEOUT, log)
  shutdown.add('announcement queue', () => announcementQueue.close())
  const hasWebhook = config.webhookUrl !== undefined
  return {
    log,
    metrics,
    store,
    redis,
    queue,
    raw: new RawObjects(store),
    originals: new Originals(store),
    announcementQueue: hasWebhook ? announcementQueue : undefined,
    avatars: new Avatars(db, hasWebhook),
    uploads: new Uploads(db, hasWebhook),
    announcements: new Announcements(db),
    rerenders: new Rerenders(db),
    purges: new Purges(db),
    findReferenced: (stored: readonly StoredRevision[], grace: number) =>
      findReferenced(db, stored, grace),
    dependencies: {
      storage: { check: () => store.ping(), required: true },
      database: { check: () => db.raw('select 1'), required: true },
      queue: { check: () => queue.ping(), required: true },
    },
  }
}
