import { randomBytes } from 'node:crypto'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { openDatabase } from '@visage/shared/db/database'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { createLogger } from '@visage/shared/log/logger'
import { connectRedis, firstContact, type Redis } from '@visage/shared/queue/connection'
import { bullmqOptions } from '@visage/shared/queue/keys'
import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { type App, startApp } from '@visage/stack/app'
import { createDatabase } from '@visage/stack/database'
import { Queue, QueueEvents } from 'bullmq'
import type { SharedServers } from './global-setup.ts'

const root = new URL('../../../', import.meta.url)
const entries = {
  api: new URL('apps/api/dist/main.js', root).pathname,
  worker: new URL('apps/worker/dist/main.js', root).pathname,
}

export type Environment = Readonly<Record<string, string>>

/** Everything of one test's own: its database, bucket and keys, and the processes it has started. */
export interface World {
  readonly env: Environment
  readonly db: ReturnType<typeof openDatabase>
  readonly store: ObjectStore
  readonly redis: Redis
  /** One more connection to the same, which whoever asked for it disconnects. */
  connectRedis(): Redis
  /** What BullMQ's keys begin with; the others begin with QUEUE_PREFIX itself. */
  readonly prefix: string
  readonly queue: Queue
  /** What the queue of uploads says. */
  readonly events: QueueEvents
  startApi(env?: Environment): Promise<App>
  startWorker(env?: Environment): Promise<App>
  /** Resolves with the outcome of the upload's job. */
  outcome(uploadId: string): Promise<string>
  close(): Promise<void>
}

const silent = createLogger({ name: 'test', level: 'silent', format: 'json' })

export const JWT_SECRET = 'a-secret-that-only-these-tests-know-0123456789'

export const bucketOf = (name: string) => `visage-${name}`

/**
 * A fresh database, bucket and prefix in these servers.
 * @param through how all but the one who makes it reach the database
 * @param name of the database and the prefix; the bucket's is by `bucketOf`
 */
export async function makeWorld(
  servers: SharedServers,
  through = (url: string): string => url,
  name = `t${randomBytes(6).toString('hex')}`,
): Promise<World> {
  const databaseUrl = through(await createDatabase(servers.databaseUrl, name))
  const bucket = bucketOf(name)
  const s3 = { ...servers.s3, bucket }
  await Promise.all([migrateToLatest(databaseUrl), createPrivateBucket(s3)])
  const env = {
    DATABASE_URL: databaseUrl,
    ...servers.redis,
    QUEUE_PREFIX: name,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_BUCKET: bucket,
    S3_REGION: s3.region,
    JWT_SECRET,
    RATE_LIMIT: 'off',
    RATE_LIMIT_STRANGERS: 'off',
    PORT: '0',
    OPS_PORT: '0',
    WORKER_OPS_PORT: '0',
  }
  const db = openDatabase({ url: databaseUrl, timeout: 5000 })
  const store = ObjectStore.connect(s3, 5000)
  const connect = () => connectRedis(readSettings(redisSettings, env), 'consumer', 0, silent)
  const [redis, listener] = [connect(), connect()]
  const { prefix } = bullmqOptions(redis, name)
  const queue = new Queue(UPLOAD_QUEUE, { connection: redis, prefix })
  const events = new QueueEvents(UPLOAD_QUEUE, { connection: listener, prefix })
  queue.on('error', () => {})
  events.on('error', () => {})
  // ioredis sends some commands, INFO among them, before it is ready: an answer is no sign that it is.
  await firstContact(redis, 5000)
  const apps: App[] = []

  const start = async (app: keyof typeof entries, more: Environment = {}) => {
    const log = process.env.VISAGE_TEST_LOG ?? '/dev/null'
    const started = await startApp({
      name: app,
      entry: entries[app],
      env: { ...process.env, LOG_FORMAT: 'json', ...env, ...more },
      log,
    })
    apps.push(started)
    return started
  }

  return {
    env,
    db,
    store,
    redis,
    connectRedis: connect,
    prefix,
    queue,
    events,
    startApi: (more) => start('api', more),
    startWorker: (more) => start('worker', more),
    async outcome(uploadId) {
      const job = await queue.getJob(uploadId)
      if (!job) throw new Error(`no job for upload ${uploadId}`)
      return job.waitUntilFinished(events, 20_000)
    },
    /** The connections are ours, and may lead to a server that is gone: they are cut, not closed. */
    async close() {
      await Promise.all(apps.map((app) => app.stop()))
      listener.disconnect()
      redis.disconnect()
      store.close()
      await db.destroy()
    },
  }
}
