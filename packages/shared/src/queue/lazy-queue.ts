import { Queue, type QueueOptions } from 'bullmq'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'
import { bullmqOptions } from './redis-keys.ts'

/** Retries a failed job without limit. The input of a job is durable, so giving up would only lose the work. */
export const RETRY_FOREVER = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'capped' },
  stackTraceLimit: 3,
}

/** The Redis connection and key prefix of the queues. */
export interface QueueLocation {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Logger
}

/**
 * A BullMQ queue that is created when Redis is available. A BullMQ 6.7.0 queue whose first connection attempt failed
 * fails forever. So `open` creates the queue only while the connection is ready. If that fails, the next `open`
 * creates a new queue.
 */
export class LazyQueue<Data, Result, Name extends string> {
  readonly name: string
  readonly #location: QueueLocation
  readonly #options: Partial<QueueOptions>
  #opening: Promise<Queue<Data, Result, Name>> | undefined

  constructor(name: string, location: QueueLocation, options: Partial<QueueOptions> = {}) {
    this.name = name
    this.#location = location
    this.#options = options
  }

  /** @throws immediately while the connection to Redis is down */
  open(): Promise<Queue<Data, Result, Name>> {
    if (this.#location.redis.status !== 'ready')
      return Promise.reject(new Error('Redis is unavailable'))
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** Never waits for Redis. */
  async close(): Promise<void> {
    if (this.#location.redis.status !== 'ready') return
    const queue = await this.#opening?.catch(() => undefined)
    await queue?.close()
  }

  async #connect(): Promise<Queue<Data, Result, Name>> {
    const { redis, prefix, log } = this.#location
    const options = { ...this.#options, ...bullmqOptions(redis, prefix) }
    const queue = new Queue<Data, Result, Name>(this.name, options)
    queue.on('error', (err) => log.debug({ err }, 'Queue client reported an error'))
    await queue.waitUntilReady()
    return queue
  }
}
