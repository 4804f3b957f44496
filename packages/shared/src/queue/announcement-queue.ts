import type { Revision } from '../avatar/revision.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { Logger } from '../log/logger.ts'
import { LazyQueue, RETRY_FOREVER } from './lazy-queue.ts'
import type { Redis } from './redis-connection.ts'

export const ANNOUNCEMENT_QUEUE = 'announcements'

/** An ended job goes at once: while one of a revision is there, adding another does nothing. */
const JOB_OPTIONS = { ...RETRY_FOREVER, removeOnComplete: true, removeOnFail: true }

/** Hints to hurry. A job bears its announcement's revision and nothing else: what it says is in Postgres. */
export class AnnouncementQueue {
  readonly #queue: LazyQueue<object, string, 'announce'>
  readonly #patience: number
  readonly #log: Logger

  /** @param patience milliseconds that `hurry` may take */
  constructor(redis: Redis, prefix: string, patience: number, log: Logger) {
    const place = { redis, prefix, log }
    this.#queue = new LazyQueue(ANNOUNCEMENT_QUEUE, place, { defaultJobOptions: JOB_OPTIONS })
    this.#patience = patience
    this.#log = log
  }

  /** Of a change that has been committed. Never fails: what the queue is not told, the sweep finds. */
  async enqueue(revision: Revision): Promise<void> {
    await withTimeout('queueing', this.#patience, this.add([revision])).catch((err) =>
      this.#log.warn({ err, revision }, 'announced without queue'),
    )
  }

  /** Does nothing for those that have a job. An error leaves it open which jobs exist. */
  async add(revisions: readonly Revision[]): Promise<void> {
    const queue = await this.#queue.open()
    await queue.addBulk(
      revisions.map((jobId) => ({ name: 'announce', data: {}, opts: { jobId } }) as const),
    )
  }

  /** How many have a job. */
  async count(): Promise<number> {
    const queue = await this.#queue.open()
    return queue.getJobCountByTypes()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }
}
