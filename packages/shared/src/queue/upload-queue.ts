import { Queue } from 'bullmq'
import type { Upload } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './connection.ts'
import { toJobData, UPLOAD_QUEUE, type UploadJobData } from './upload-job.ts'

const HOUR = 3600

/** Trouble of ours is retried without end: the bytes are safe, so giving up would only lose them. */
const JOB_OPTIONS = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'capped' },
  removeOnComplete: { age: HOUR, count: 1000 },
  stackTraceLimit: 3,
}

/** The producing side of the queue. A job bears its upload's id, so that adding it again does nothing. */
export class UploadQueue {
  readonly #redis: Redis
  readonly #prefix: string
  readonly #log: Logger
  #opening: Promise<Queue<UploadJobData>> | undefined

  constructor(redis: Redis, prefix: string, log: Logger) {
    this.#redis = redis
    this.#prefix = prefix
    this.#log = log
  }

  /** An error leaves it open whether the job exists. Fails at once while Redis is known to be away. */
  async add(upload: Upload): Promise<void> {
    const queue = await this.#open()
    await queue.add('render', toJobData(upload), { jobId: upload.id })
  }

  async close(): Promise<void> {
    const queue = await this.#opening?.catch(() => undefined)
    await queue?.close()
  }

  /**
   * A BullMQ 6.7.0 queue remembers that its first contact with Redis failed, and then fails for ever:
   * it is made only once Redis is there, and made anew if that first contact broke.
   */
  #open(): Promise<Queue<UploadJobData>> {
    if (this.#redis.status !== 'ready') return Promise.reject(new Error('redis is away'))
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #connect(): Promise<Queue<UploadJobData>> {
    const queue = new Queue<UploadJobData>(UPLOAD_QUEUE, {
      connection: this.#redis,
      prefix: this.#prefix,
      defaultJobOptions: JOB_OPTIONS,
    })
    queue.on('error', (err) => this.#log.debug({ err }, 'queue'))
    await queue.waitUntilReady()
    return queue
  }
}
