import { recipe } from '@visage/shared/avatar/recipe'
import { storageSettings } from '@visage/shared/config/common'
import { openDatabase } from '@visage/shared/db/database'
import { Purges } from '@visage/shared/db/purges'
import { Uploads } from '@visage/shared/db/uploads'
import { Closers } from '@visage/shared/lifecycle/closers'
import type { Running } from '@visage/shared/lifecycle/run'
import { createLogger, type Logger } from '@visage/shared/log/logger'
import { healthRoutes } from '@visage/shared/ops/health'
import { createOpsServer, listen } from '@visage/shared/ops/server'
import { connectRedis } from '@visage/shared/queue/connection'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import type { WorkerConfig } from './config.ts'
import { consumeUploads } from './consumer.ts'
import { prepareEngine } from './image/engine.ts'
import { limits } from './image/limits.ts'
import { render } from './image/render.ts'
import { renderApart } from './image/render-apart.ts'
import { runMaintenance } from './maintenance.ts'
import type { Steps } from './process-upload.ts'
import { purge } from './purge.ts'
import { sweep } from './sweep/sweeper.ts'

/**
 * Starts a worker: the servers that it needs may come and go, and it waits for them.
 * @param adjust what the fault tests put around the steps of a job
 */
export async function startWorker(
  config: WorkerConfig,
  adjust: (steps: Steps) => Steps = (steps) => steps,
): Promise<Running> {
  const log = createLogger({ name: 'worker', level: config.logLevel, format: config.logFormat })
  const closers = new Closers(log)
  const { store, redis, uploads, purges, parts } = connect(config, log, closers)
  const queue = { redis, prefix: config.queuePrefix, log }
  let stopping = false

  prepareEngine()
  const ops = createOpsServer(healthRoutes(parts, () => stopping))
  const port = await listen(ops, config.opsPort, config.opsHost)
  closers.add('ops', () => ops.close())

  const uploadQueue = new UploadQueue(redis, config.queuePrefix, log)
  closers.add('queue', () => uploadQueue.close())
  const raw = new RawObjects(store)
  const found = { raw, uploads, queue: uploadQueue, log }
  const tasks = {
    purge: { every: config.purgeEvery, run: () => purge(config.purgeAfter, purges, store) },
    sweep: { every: config.sweepEvery, run: () => sweep(config.sweepAfter, found) },
  }
  const maintenance = runMaintenance(queue, tasks)
  closers.add('maintenance', () => maintenance.close())

  const steps: Steps = {
    raw,
    store,
    uploads,
    render: (bytes) => render(bytes, recipe, limits),
    renderApart: (bytes) => renderApart(bytes, limits.seconds),
  }
  const consumer = consumeUploads(queue, config.concurrency, adjust(steps))
  closers.add('consumer', () => consumer.close())
  closers.add('readiness', () => {
    stopping = true
  })

  return { log, stopTimeout: config.stopTimeout, ports: { ops: port }, stop: () => closers.stop() }
}

function connect(config: WorkerConfig, log: Logger, closers: Closers) {
  const db = openDatabase({ url: config.databaseUrl, timeout: config.databaseTimeout })
  closers.add('database', () => db.destroy())
  const store = ObjectStore.connect(storageSettings(config), config.s3Timeout)
  closers.add('storage', () => store.close())
  const redis = connectRedis(config.redisUrl, 'consumer', 0, log)
  closers.add('redis', () => redis.disconnect())
  return {
    store,
    redis,
    uploads: new Uploads(db),
    purges: new Purges(db),
    parts: {
      storage: { check: () => store.ping(), vital: true },
      database: { check: () => db.raw('select 1'), vital: true },
      queue: { check: () => redis.ping(), vital: true },
    },
  }
}
