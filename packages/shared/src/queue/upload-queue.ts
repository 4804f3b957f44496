import type { JobType } from 'bullmq'
import type { RecipeId } from '../avatar/recipe-id.ts'
import { isRevision, revisionTime } from '../avatar/revision.ts'
import { isUploadId, type Upload, type UploadId } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import { type Tracing, untraced } from '../tracing/tracing.ts'
import { LazyQueue, RETRY_FOREVER } from './lazy-queue.ts'
import { pingQueue, type Redis } from './redis-connection.ts'
import { toJobData, UPLOAD_QUEUE, type UploadJobData, type UploadJobName } from './upload-job.ts'

const HOUR_SECONDS = 3600

/** State of an upload's job. `unfinished`: the job waits, runs, or waits for a retry. */
export type JobState = 'missing' | 'unfinished' | 'completed' | 'failed'

const JOB_STATES: Readonly<Record<string, JobState>> = {
  unknown: 'missing',
  completed: 'completed',
  failed: 'failed',
}

/** BullMQ takes a job with a priority only while no job without a priority waits. */
const LOW_PRIORITY = 1

const JOB_OPTIONS = { ...RETRY_FOREVER, removeOnComplete: { age: HOUR_SECONDS, count: 1000 } }

/** Maps each state in the metrics to BullMQ's lists of jobs in that state. */
const LISTS = {
  waiting: ['wait'],
  deferred: ['prioritized'],
  running: ['active'],
  retrying: ['delayed'],
  failed: ['failed'],
} as const satisfies Readonly<Record<string, readonly JobType[]>>

export type QueueList = keyof typeof LISTS

const UNFINISHED = [...LISTS.waiting, ...LISTS.running, ...LISTS.retrying]

/** Number of jobs of each list that the search for the oldest upload reads. */
const MAX_SCANNED = 100

/** The producing side of the upload queue. The job id is the upload id, so adding an upload twice has no effect. */
export class UploadQueue {
  readonly #queue: LazyQueue<UploadJobData, string, UploadJobName>
  readonly #redis: Redis
  readonly #prefix: string

  constructor(redis: Redis, prefix: string, log: Logger, { queue }: Tracing = untraced) {
    const location = { redis, prefix, log }
    this.#redis = redis
    this.#prefix = prefix
    this.#queue = new LazyQueue(UPLOAD_QUEUE, location, {
      defaultJobOptions: JOB_OPTIONS,
      ...queue,
    })
  }

  /** After an error, the job may exist. Rejects immediately while the connection to Redis is down. */
  async add(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('render', toJobData(upload), { jobId: upload.id })
  }

  /** Returns the states of the jobs, in the order of `ids`. */
  async jobStates(ids: readonly string[]): Promise<JobState[]> {
    const queue = await this.#queue.open()
    const states = await Promise.all(ids.map((id) => queue.getJobState(id)))
    return states.map((state) => JOB_STATES[state] ?? 'unfinished')
  }

  /** Returns the upload that a worker takes next; undefined if none waits. */
  async nextWaiting(): Promise<UploadId | undefined> {
    const queue = await this.#queue.open()
    const [job] = await queue.getWaiting(0, 0)
    return isUploadId(job?.id) ? job.id : undefined
  }

  /** Returns the ids of the first `count` waiting jobs, in the order of processing. Includes repairs. */
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
   * Returns when the oldest unfinished upload was accepted; undefined if there is none. Reads only the first
   * `MAX_SCANNED` jobs of each list. Ignores repairs, because the age of the upload is not their waiting time.
   */
  async oldestAcceptedAt(): Promise<Date | undefined> {
    const queue = await this.#queue.open()
    const ids = await queue.getRanges(UNFINISHED, 0, MAX_SCANNED - 1, true)
    const [oldest] = ids.filter(isRevision).sort()
    return oldest === undefined ? undefined : revisionTime(oldest)
  }

  /** Returns whether the queue is paused. Workers then finish active jobs but take no new ones. */
  async isPaused(): Promise<boolean> {
    const queue = await this.#queue.open()
    return queue.isPaused()
  }

  /** Removes a finished job and adds it again. Otherwise BullMQ would ignore the new job because of its id. */
  async requeue(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.remove(upload.id)
    await this.add(upload)
  }

  /** Adds a job that renders the variants of an upload with an outcome again. */
  async addRepair(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('repair', toJobData(upload), { jobId: `repair-${upload.id}` })
  }

  /**
   * Adds a job that renders a picture again from its original, after all waiting uploads. Has no effect if the same
   * job is unfinished.
   * @param picture the original upload, with the current revision as its id
   * @returns the job's id
   */
  async addRerender(picture: Upload, recipe: RecipeId): Promise<string> {
    const queue = await this.#queue.open()
    const jobId = `rerender-${picture.id}-${recipe}`
    const [state] = await this.jobStates([jobId])
    if (state !== 'unfinished') await queue.remove(jobId)
    const data = { ...toJobData(picture), recipe }
    await queue.add('rerender', data, { jobId, priority: LOW_PRIORITY })
    return jobId
  }

  /** Returns a job's outcome: undefined while the job is unfinished, `failed` if it failed or no longer exists. */
  async jobOutcome(jobId: string): Promise<string | undefined> {
    const queue = await this.#queue.open()
    const [state] = await this.jobStates([jobId])
    if (state === 'unfinished') return undefined
    return (await queue.getJob(jobId))?.returnvalue ?? 'failed'
  }

  /** Rejects while the queue is unavailable. */
  ping(): Promise<void> {
    return pingQueue(this.#redis, this.#prefix)
  }

  close(): Promise<void> {
    return this.#queue.close()
  }
}
