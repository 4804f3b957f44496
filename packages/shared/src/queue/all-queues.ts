import type { Queue } from 'bullmq'
import { LateQueue, type QueuePlace } from './lazy-queue.ts'
import { queueViews } from './queue-views.ts'
import { answers } from './redis-connection.ts'

/** Every queue, for operators to see and steer. Opening them changes nothing. */
export class AllQueues {
  readonly #place: QueuePlace
  readonly #queues: readonly LateQueue<unknown, unknown, string>[]

  constructor(place: QueuePlace) {
    this.#place = place
    const names = Object.keys(queueViews)
    this.#queues = names.map((name) => new LateQueue(name, place, { skipMetasUpdate: true }))
  }

  /** Fails at once while Redis is known to be away. */
  open(): Promise<Queue[]> {
    return Promise.all(this.#queues.map((queue) => queue.open()))
  }

  /** Whether Redis does not answer now. */
  async areAway(): Promise<boolean> {
    const { redis, prefix } = this.#place
    return !(await answers(redis, prefix))
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()))
  }
}
