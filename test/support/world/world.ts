import { randomBytes } from 'node:crypto'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { openDatabase } from '@visage/shared/db/database'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { connectRedis, type Redis, waitForRedis } from '@visage/shared/queue/redis-connection'
import { bullmqOptions } from '@visage/shared/queue/redis-keys'
import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { ObjectStore } from '@visage/shared/storage/object-store'
import type { App } from '@visage/stack/app'
import { createDatabase } from '@visage/stack/database'
import { Queue, QueueEvents } from 'bullmq'
import { silent } from '../domain/log.ts'
import type { SharedServers } from './global-setup.ts'
import { type Environment, type Instance, Instances } from './instances.ts'

export type { Environment, Instance } from './instances.ts'

/** Milliseconds that a test's own statements may take, many of which run at once on a busy machine. */
export const DATABASE_TIMEOUT = 60_000

/** A database, a bucket and keys in Redis, with connections to them. */
export interface Connected {
  readonly env: Environment
  readonly db: ReturnType<typeof openDatabase>
  readonly store: ObjectStore
  readonly redis: Redis
  /** Opens one more connection to the same Redis. The caller disconnects it. */
  connectRedis(): Redis
  /** Prefix of BullMQ's keys. The other keys begin with QUEUE_PREFIX itself. */
  readonly prefix: string
  readonly queue: Queue
  /** The events of the queue of uploads. */
  readonly events: QueueEvents
  /** Resolves with the outcome of the upload's job. */
  outcome(uploadId: string): Promise<string>
  close(): Promise<void>
}

/** State of one test, and the APIs and workers that it has started on it. */
export interface World extends Connected {
  /** Starts an API in this process. `env` is added to the world's environment. */
  startApi(env?: Environment): Promise<Instance>
  /** Starts a worker in this process. Its render processes are processes of their own. */
  startWorker(env?: Environment): Promise<Instance>
  /** Starts the built API in a process of its own: for signals, memory and command lines. */
  startApiProcess(env?: Environment): Promise<App>
  startWorkerProcess(env?: Environment): Promise<App>
}

export const JWT_SECRET = 'a-secret-that-only-these-tests-know-0123456789'

export const bucketOf = (name: string) => `visage-${name}`

/**
 * Makes a database, bucket and prefix in these servers.
 * @param through rewrites the address of the database for every client except the creator
 * @param name name of the database and the prefix; `bucketOf` derives the name of the bucket
 */
export async function makeWorld(
  servers: SharedServers,
  through?: (url: string) => string,
  name?: string,
): Promise<World> {
  const connected = await connectWorld(servers, through, name)
  return withInstances(connected, () => connected.close())
}

/** @param close runs after the instances have stopped */
export function withInstances(connected: Connected, close: () => Promise<void>): World {
  const instances = new Instances(connected.env)
  return {
    ...connected,
    startApi: (more) => instances.startApi(more),
    startWorker: (more) => instances.startWorker(more),
    startApiProcess: (more) => instances.startProcess('api', more),
    startWorkerProcess: (more) => instances.startProcess('worker', more),
    async close() {
      await instances.stop()
      await close()
    },
  }
}

export async function connectWorld(
  servers: SharedServers,
  through = (url: string): string => url,
  name = `t${randomBytes(6).toString('hex')}`,
): Promise<Connected> {
  const bucket = bucketOf(name)
  const s3 = { ...servers.s3, bucket }
  const [databaseUrl] = await Promise.all([
    migratedDatabase(servers, name, through),
    createPrivateBucket(s3),
  ])
  const env = environment(servers, databaseUrl, name, s3)
  const db = openDatabase({ url: databaseUrl, timeout: DATABASE_TIMEOUT })
  const store = ObjectStore.connect(s3, 5000)
  const connect = () => connectRedis(readSettings(redisSettings, env), 'consumer', 0, silent)
  const [redis, listener] = [connect(), connect()]
  const { prefix } = bullmqOptions(redis, name)
  const queue = new Queue(UPLOAD_QUEUE, { connection: redis, prefix })
  const events = new QueueEvents(UPLOAD_QUEUE, { connection: listener, prefix })
  queue.on('error', () => {})
  events.on('error', () => {})
  // ioredis sends some commands, such as INFO, before it is ready, so an answer does not prove readiness.
  await waitForRedis(redis, 5000)

  return {
    env,
    db,
    store,
    redis,
    connectRedis: connect,
    prefix,
    queue,
    events,
    async outcome(uploadId) {
      const job = await queue.getJob(uploadId)
      if (!job) throw new Error(`no job for upload ${uploadId}`)
      return job.waitUntilFinished(events, 20_000)
    },
    /** Disconnects without closing, as the servers may have stopped. */
    async close() {
      listener.disconnect()
      redis.disconnect()
      store.close()
      await db.destroy()
    },
  }
}

/** Creates the database, as a copy of the migrated template if the run has one. */
async function migratedDatabase(
  { databaseUrl, template }: SharedServers,
  name: string,
  through: (url: string) => string,
): Promise<string> {
  const url = through(await createDatabase(databaseUrl, name, template))
  if (template === undefined) await migrateToLatest(url)
  return url
}

function environment(
  servers: SharedServers,
  databaseUrl: string,
  name: string,
  s3: SharedServers['s3'] & { readonly bucket: string },
): Environment {
  return {
    DATABASE_URL: databaseUrl,
    ...servers.redis,
    QUEUE_PREFIX: name,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_BUCKET: s3.bucket,
    S3_REGION: s3.region,
    JWT_SECRET,
    RATE_LIMIT: 'off',
    RATE_LIMIT_ANONYMOUS: 'off',
    PORT: '0',
    OPS_PORT: '0',
    WORKER_OPS_PORT: '0',
  }
}
