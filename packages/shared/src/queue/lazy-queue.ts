import { Queue, type QueueOptions } from 'bullmq'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'
import { bullmqOptions } from './redis-keys.ts'

/** Trouble of ours is retried without end: what a job is about is safe, so giving up would only lose it. */
export const RETRY_FOREVER = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'capped' },
  stackTraceLimit: 3,
}

/** Where the queues are. */
export interface QueueLocation {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Logger
}

/**
 * A queue of BullMQ's on a connection that may be away. A BullMQ 6.7.0 queue remembers that its first
 * contact with Redis failed, and then fails for ever: it is made only once Redis is there, and made
 * anew if that first contact broke.
 */
export class LazyQueue<Data, Result, Name extends string> {
  readonly name: string
  readonly #place: QueueLocation
  readonly #options: Partial<QueueOptions>
  #opening: Promise<Queue<Data, Result, Name>> | undefined

  constructor(name: string, place: QueueLocation, options: Partial<QueueOptions> = {}) {
    this.name = name
    this.#place = place
    this.#options = options
  }

  /** Fails at once while Redis is known to be away. */
  open(): Promise<Queue<Data, Result, Name>> {
    if (this.#place.redis.status !== 'ready') return Promise.reject(new Error('redis is away'))
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** Never waits for Redis. */
  async close(): Promise<void> {
    if (this.#place.redis.status !== 'ready') return
    const queue = await this.#opening?.catch(() => undefined)
    await queue?.close()
  }

  async #connect(): Promise<Queue<Data, Result, Name>> {
    const { redis, prefix, log } = this.#place
    const options = { ...this.#options, ...bullmqOptions(redis, prefix) }
    const queue = new Queue<Data, Result, Name>(this.name, options)
    queue.on('error', (err) => log.debug({ err }, 'queue'))
    await queue.waitUntilReady()
    return queue
  }
}
