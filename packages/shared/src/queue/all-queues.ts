import type { Queue } from 'bullmq'
import { LazyQueue, type QueueLocation } from './lazy-queue.ts'
import { queueViews } from './queue-views.ts'
import { isRedisAvailable } from './redis-connection.ts'

/** Every queue, for operators to see and steer. Opening them changes nothing. */
export class AllQueues {
  readonly #place: QueueLocation
  readonly #queues: readonly LazyQueue<unknown, unknown, string>[]

  constructor(place: QueueLocation) {
    this.#place = place
    const names = Object.keys(queueViews)
    this.#queues = names.map((name) => new LazyQueue(name, place, { skipMetasUpdate: true }))
  }

  /** Fails at once while Redis is known to be away. */
  open(): Promise<Queue[]> {
    return Promise.all(this.#queues.map((queue) => queue.open()))
  }

  /** Whether Redis does not answer now. */
  async areUnavailable(): Promise<boolean> {
    const { redis, prefix } = this.#place
    return !(await isRedisAvailable(redis, prefix))
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()))
  }
}
