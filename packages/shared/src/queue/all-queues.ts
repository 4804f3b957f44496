import type { Queue } from 'bullmq'
import { LazyQueue, type QueueLocation } from './lazy-queue.ts'
import { queueViews } from './queue-views.ts'
import { isRedisAvailable } from './redis-connection.ts'

/** All queues, for the operators' dashboard. Opening them writes nothing to Redis. */
export class AllQueues {
  readonly #location: QueueLocation
  readonly #queues: readonly LazyQueue<unknown, unknown, string>[]

  constructor(location: QueueLocation) {
    this.#location = location
    const names = Object.keys(queueViews)
    this.#queues = names.map((name) => new LazyQueue(name, location, { skipMetasUpdate: true }))
  }

  /** @throws immediately while the connection to Redis is down */
  open(): Promise<Queue[]> {
    return Promise.all(this.#queues.map((queue) => queue.open()))
  }

  /** @returns true if Redis does not answer within a second */
  async areUnavailable(): Promise<boolean> {
    const { redis, prefix } = this.#location
    return !(await isRedisAvailable(redis, prefix))
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()))
  }
}
