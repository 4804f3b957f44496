import type { JobType } from 'bullmq'
import type { RecipeId } from '../avatar/recipe-id.ts'
import { isRevision, revisionTime } from '../avatar/revision.ts'
import { isUploadId, type Upload, type UploadId } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import { type Tracing, untraced } from '../tracing/tracing.ts'
import { LazyQueue, RETRY_FOREVER } from './lazy-queue.ts'
import { pingQueue, type Redis } from './redis-connection.ts'
import { toJobData, UPLOAD_QUEUE, type UploadJobData, type UploadJobName } from './upload-job.ts'

const HOUR = 3600

/** What there is to say of an upload's job. `alive`: it waits, runs, or will be tried again. */
export type JobState = 'missing' | 'alive' | 'completed' | 'failed'

const JOB_STATES: Readonly<Record<string, JobState>> = {
  unknown: 'missing',
  completed: 'completed',
  failed: 'failed',
}

/** BullMQ takes jobs that have a priority only when none waits that has none. */
const LOW_PRIORITY = 1

const JOB_OPTIONS = { ...RETRY_FOREVER, removeOnComplete: { age: HOUR, count: 1000 } }

/** Where jobs stand, with BullMQ's names of the lists that they are in. */
const LISTS = {
  waiting: ['wait'],
  deferred: ['prioritized'],
  running: ['active'],
  retrying: ['delayed'],
  failed: ['failed'],
} as const satisfies Readonly<Record<string, readonly JobType[]>>

export type QueueList = keyof typeof LISTS

const UNENDED = [...LISTS.waiting, ...LISTS.running, ...LISTS.retrying]

/** How far each list is looked down for the oldest upload. */
const HEAD = 100

/** The producing side of the queue. A job bears its upload's id, so that adding it again does nothing. */
export class UploadQueue {
  readonly #queue: LazyQueue<UploadJobData, string, UploadJobName>
  readonly #redis: Redis
  readonly #prefix: string

  constructor(redis: Redis, prefix: string, log: Logger, { queue }: Tracing = untraced) {
    const place = { redis, prefix, log }
    this.#redis = redis
    this.#prefix = prefix
    this.#queue = new LazyQueue(UPLOAD_QUEUE, place, { defaultJobOptions: JOB_OPTIONS, ...queue })
  }

  /** An error leaves it open whether the job exists. Fails at once while Redis is known to be away. */
  async add(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('render', toJobData(upload), { jobId: upload.id })
  }

  /** What the queue knows of the jobs of these uploads, in their order. */
  async jobStates(ids: readonly string[]): Promise<JobState[]> {
    const queue = await this.#queue.open()
    const states = await Promise.all(ids.map((id) => queue.getJobState(id)))
    return states.map((state) => JOB_STATES[state] ?? 'alive')
  }

  /** The upload that a worker will take next; undefined where none waits. */
  async nextWaiting(): Promise<UploadId | undefined> {
    const queue = await this.#queue.open()
    const [job] = await queue.getWaiting(0, 0)
    return isUploadId(job?.id) ? job.id : undefined
  }

  /** The first `count` that wait, in the order in which workers will take them; repairs wait there too. */
  async waitingIds(count: number): Promise<string[]> {
    const queue = await this.#queue.open()
    return queue.getRanges(['wait'], 0, count - 1, true)
  }

  async counts(): Promise<Record<QueueList, number>> {
    const queue = await this.#queue.open()
    const counts = await queue.getJobCounts(...Object.values(LISTS).flat())
    const sum = (lists: readonly JobType[]) =>
      lists.reduce((total, list) => total + (counts[list] ?? 0), 0)
    const entries = Object.entries(LISTS).map(([state, lists]) => [state, sum(lists)])
    return Object.fromEntries(entries)
  }

  /**
   * When the oldest upload was accepted that waits, runs or is to be tried again, of the first `HEAD` of each;
   * undefined where there is none. A repair is older than it waits, and does not count.
   */
  async oldestAcceptedAt(): Promise<Date | undefined> {
    const queue = await this.#queue.open()
    const ids = await queue.getRanges(UNENDED, 0, HEAD - 1, true)
    const [oldest] = ids.filter(isRevision).sort()
    return oldest === undefined ? undefined : revisionTime(oldest)
  }

  /** Whether workers take nothing; what they have begun they finish. */
  async isPaused(): Promise<boolean> {
    const queue = await this.#queue.open()
    return queue.isPaused()
  }

  /** Adds the job anew, in place of an ended one that BullMQ would take for it. */
  async requeue(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.remove(upload.id)
    await this.add(upload)
  }

  /** Has the variants of an upload that has its outcome rendered once more. */
  async addRepair(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('repair', toJobData(upload), { jobId: `repair-${upload.id}` })
  }

  /**
   * Has a picture rendered anew from its original, after all uploads that wait. Added again while that is to be
   * done, it does nothing.
   * @param picture what was sent, under the revision that is shown  @returns the job's id
   */
  async addRerender(picture: Upload, recipe: RecipeId): Promise<string> {
    const queue = await this.#queue.open()
    const jobId = `rerender-${picture.id}-${recipe}`
    const [standing] = await this.jobStates([jobId])
    if (standing !== 'alive') await queue.remove(jobId)
    const data = { ...toJobData(picture), recipe }
    await queue.add('rerender', data, { jobId, priority: LOW_PRIORITY })
    return jobId
  }

  /** What came of a job: undefined while it is still to be done, `failed` where nobody can tell any more. */
  async jobOutcome(jobId: string): Promise<string | undefined> {
    const queue = await this.#queue.open()
    const [standing] = await this.jobStates([jobId])
    if (standing === 'alive') return undefined
    return (await queue.getJob(jobId))?.returnvalue ?? 'failed'
  }

  /** Rejects while the queue cannot be reached. */
  ping(): Promise<void> {
    return pingQueue(this.#redis, this.#prefix)
  }

  close(): Promise<void> {
    return this.#queue.close()
  }
}
