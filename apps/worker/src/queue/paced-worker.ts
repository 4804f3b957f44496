import { setTimeout as delay } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'

/** Milliseconds. */
const COOLDOWN = 1000

/**
 * BullMQ worker that waits one second after each failed request for a job. BullMQ 6 waits only if the connection fails.
 * If Redis answers with an error, as a full Redis or a replica does, BullMQ repeats the request at once. That keeps one
 * core busy.
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
