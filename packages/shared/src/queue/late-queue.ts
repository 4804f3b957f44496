import { type DefaultJobOptions, Queue } from 'bullmq'
import type { Logger } from '../log/logger.ts'
import { type Tracing, untraced } from '../tracing/tracing.ts'
import type { Redis } from './connection.ts'

/** Trouble of ours is retried without end: what a job is about is safe, so giving up would only lose it. */
export const WITHOUT_END = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'capped' },
  stackTraceLimit: 3,
}

/**
 * The producing side of a queue, whatever becomes of Redis. A BullMQ 6.7.0 queue remembers that its first
 * contact with Redis failed, and then fails for ever: it is made only once Redis is there, and made anew
 * if that first contact broke.
 */
export class LateQueue<Data, Result, Name extends string> {
  readonly #redis: Redis
  readonly #log: Logger
  readonly #make: () => Queue<Data, Result, Name>
  #opening: Promise<Queue<Data, Result, Name>> | undefined

  constructor(
    name: string,
    defaultJobOptions: DefaultJobOptions,
    redis: Redis,
    prefix: string,
    log: Logger,
    { queue }: Pick<Tracing, 'queue'> = untraced,
  ) {
    this.#redis = redis
    this.#log = log
    this.#make = () =>
      new Queue<Data, Result, Name>(name, {
        connection: redis,
        prefix,
        defaultJobOptions,
        ...queue,
      })
  }

  /** Fails at once while Redis is known to be away. */
  open(): Promise<Queue<Data, Result, Name>> {
    if (this.#redis.status !== 'ready') return Promise.reject(new Error('redis is away'))
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async close(): Promise<void> {
    if (this.#redis.status !== 'ready') return
    const queue = await this.#opening?.catch(() => undefined)
    await queue?.close()
  }

  async #connect(): Promise<Queue<Data, Result, Name>> {
    const queue = this.#make()
    queue.on('error', (err) => this.#log.debug({ err }, 'queue'))
    await queue.waitUntilReady()
    return queue
  }
}
