import { setTimeout as delay } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'

/** Milliseconds. */
const COOLDOWN = 1000

/**
 * A worker that asks a Redis no more than once a second that refuses what it is asked, such as a full one
 * or a replica. BullMQ 6 waits where the connection fails, and else asks again at once: that takes a core.
 */
export class PacedWorker<Data, Result, Name extends string> extends Worker<Data, Result, Name> {
  protected override async moveToActive(
    token: string,
    name?: string,
  ): Promise<Job<Data, Result, Name>> {
    try {
      return await super.moveToActive(token, name)
    } catch (error) {
      await delay(COOLDOWN)
      throw error
    }
  }
}
