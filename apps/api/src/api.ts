import { setTimeout as delay } from 'node:timers/promises'
import { databaseAccess } from '@visage/shared/config/database'
import { storageSettings } from '@visage/shared/config/storage'
import { Avatars } from '@visage/shared/db/avatars'
import { openDatabase } from '@visage/shared/db/database'
import { Purges } from '@visage/shared/db/purges'
import { Uploads } from '@visage/shared/db/uploads'
import { Closers } from '@visage/shared/lifecycle/closers'
import type { Running } from '@visage/shared/lifecycle/run-process'
import { createLogger, type DestinationStream, type Logger } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { measureProcess } from '@visage/shared/metrics/process'
import { healthRoutes } from '@visage/shared/ops/health'
import { createOpsServer, listen } from '@visage/shared/ops/server'
import { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import { connectRedis, firstContact } from '@visage/shared/queue/redis-connection'
import { RevisionClock } from '@visage/shared/queue/revision-clock'
import { UploadEvents } from '@visage/shared/queue/upload-events'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { traced } from '@visage/shared/tracing/traced'
import { openTracing, type Tracing } from '@visage/shared/tracing/tracing'
import { createApp } from './app.ts'
import type { ApiConfig } from './config.ts'
import { createHttpServer } from './http/server.ts'
import { type ApiMetrics, apiMetrics } from './metrics.ts'
import { backlogRoute } from './ops/backlog.ts'
import { openDashboard } from './ops/dashboard.ts'
import { measureQueue } from './ops/measure-queue.ts'
import { openLimiters } from './rate-limit/limiter.ts'
import { Listeners } from './receipts/outcome-waiters.ts'
import { Line } from './receipts/queue-positions.ts'

/** Overrides for tests. */
export interface ApiHooks {
  /** Destination of the log; standard output by default. */
  readonly logTo?: DestinationStream
}

/** Starts the API: nothing it needs has to be there yet, since each part may come and go. */
export async function startApi(config: ApiConfig, hooks: ApiHooks = {}): Promise<Running> {
  const tracing = await openTracing(config.tracing)
  const settings = { name: 'api', level: config.logLevel, format: config.logFormat }
  const log = createLogger(settings, tracing.logMembers, hooks.logTo)
  const closers = new Closers(log)
  closers.add('tracing', () => tracing.flush())
  const registry = new MetricsRegistry()
  const metrics = registry.create(apiMetrics)
  const { redis, services, parts } = connect(config, { log, closers, tracing, metrics })
  await firstContact(redis, config.queueTimeout)
  const { stopTimeout, stopDelay } = config
  let stopping = false

  const http = createHttpServer(createApp(config, services).callback(), slowestUpload(config))
  const port = await listen(http.server, config.port, config.host)
  // Whoever is told that it is ready sends requests: the ops port is the last one to listen, and to close.
  measureProcess(registry, 'api', parts)
  measureQueue(registry, metrics, services.queue)
  const dashboard = await openDashboard(config, log, closers)
  const health = healthRoutes(registry, parts, () => stopping)
  const routes = { ...health, ...backlogRoute(services.queue) }
  const ops = createOpsServer(routes, dashboard)
  const opsPort = await listen(ops, config.opsPort, config.opsHost)
  closers.add('ops', () => ops.close())
  closers.add('http', () => {
    const stopped = http.stop()
    services.listeners.stop()
    return stopped
  })
  closers.add('readiness', () => {
    stopping = true
    http.drain()
    return delay(stopDelay)
  })

  return { log, stopTimeout, ports: { http: port, ops: opsPort }, stop: () => closers.stop() }
}

/** Milliseconds that the largest upload takes at the slowest pace. */
function slowestUpload({ maxUploadBytes, minUploadRate, uploadGrace }: ApiConfig): number {
  return uploadGrace + (maxUploadBytes / minUploadRate) * 1000
}

/** Context that exists before the API connects to its servers. */
interface ProcessContext {
  readonly log: Logger
  readonly closers: Closers
  readonly tracing: Tracing
  readonly metrics: ApiMetrics
}

function connect(config: ApiConfig, context: ProcessContext) {
  const { log, closers, tracing, metrics } = context
  const { queuePrefix: prefix, queueTimeout } = config
  const db = openDatabase(databaseAccess(config))
  closers.add('database', () => db.destroy())
  const store = ObjectStore.connect(storageSettings(config), config.s3Timeout)
  closers.add('storage', () => store.close())
  const redis = connectRedis(config, 'producer', queueTimeout, log)
  closers.add('redis', () => redis.disconnect())
  const queue = new UploadQueue(redis, prefix, log, tracing)
  closers.add('queue', () => queue.close())
  const hints = new AnnouncementQueue(redis, prefix, queueTimeout, log)
  closers.add('hints', () => hints.close())
  const announces = config.webhookUrl !== undefined
  const uploads = new Uploads(db, announces)

  return {
    redis,
    services: {
      log,
      metrics,
      tracing,
      store,
      queue,
      raw: traced(new RawObjects(store), { put: 'store' }, tracing),
      clock: new RevisionClock(redis, prefix, log),
      hints: announces ? hints : undefined,
      avatars: new Avatars(db, announces),
      uploads,
      purges: new Purges(db),
      limiters: openLimiters(redis, config, metrics),
      listeners: openListeners(config, uploads, context),
      line: new Line(queue),
    },
    parts: {
      storage: { check: () => store.ping(), vital: true },
      database: { check: () => db.raw('select 1'), vital: false },
      queue: { check: () => queue.ping(), vital: false },
    },
  }
}

/** Everybody who waits for an upload, on one connection to Redis of their own. */
function openListeners(
  config: ApiConfig,
  uploads: Uploads,
  { log, closers, metrics }: ProcessContext,
) {
  const { queuePrefix, queueTimeout, maxListeners, listenerHeartbeat } = config
  const bounds = { limit: maxListeners, lookEvery: listenerHeartbeat }
  const listeners = new Listeners(bounds, uploads, log, metrics)
  const redis = connectRedis(config, 'consumer', queueTimeout, log)
  const events = new UploadEvents(redis, queuePrefix, log)
  closers.add('events', () => events.close())
  events.tell(listeners)
  return listeners
}
