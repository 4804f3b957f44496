import type { Revision } from '../avatar/revision.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { Logger } from '../log/logger.ts'
import { LazyQueue, RETRY_FOREVER } from './lazy-queue.ts'
import type { Redis } from './redis-connection.ts'

export const ANNOUNCEMENT_QUEUE = 'announcements'

/** Removes finished jobs at once, because BullMQ ignores a new job while a job with the same id exists. */
const JOB_OPTIONS = { ...RETRY_FOREVER, removeOnComplete: true, removeOnFail: true }

/**
 * Queue of announcements to deliver. The job id is the revision; the job has no data. Postgres has the announcement.
 */
export class AnnouncementQueue {
  readonly #queue: LazyQueue<object, string, 'announce'>
  readonly #timeout: number
  readonly #log: Logger

  /** @param timeout maximum milliseconds of `enqueue` */
  constructor(redis: Redis, prefix: string, timeout: number, log: Logger) {
    const location = { redis, prefix, log }
    this.#queue = new LazyQueue(ANNOUNCEMENT_QUEUE, location, { defaultJobOptions: JOB_OPTIONS })
    this.#timeout = timeout
    this.#log = log
  }

  /** Enqueues a committed change. Never rejects: the sweep enqueues what this call could not. */
  async enqueue(revision: Revision): Promise<void> {
    await withTimeout('enqueueing', this.#timeout, this.add([revision])).catch((err) =>
      this.#log.warn({ err, revision }, 'Failed to enqueue announcement; the worker retries later'),
    )
  }

  /** Skips revisions that already have a job. After an error, any of the jobs may exist. */
  async add(revisions: readonly Revision[]): Promise<void> {
    const queue = await this.#queue.open()
    await queue.addBulk(
      revisions.map((jobId) => ({ name: 'announce', data: {}, opts: { jobId } }) as const),
    )
  }

  /** Counts the jobs. */
  async count(): Promise<number> {
    const queue = await this.#queue.open()
    return queue.getJobCountByTypes()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }
}
