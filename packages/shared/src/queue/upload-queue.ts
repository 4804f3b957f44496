import type { Revision } from '../avatar/revision.ts'
import type { Upload } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import { type Tracing, untraced } from '../tracing/tracing.ts'
import type { Redis } from './connection.ts'
import { LateQueue, WITHOUT_END } from './late-queue.ts'
import { toJobData, UPLOAD_QUEUE, type UploadJobData, type UploadJobName } from './upload-job.ts'

const HOUR = 3600

/** What there is to say of an upload's job. `alive`: it waits, runs, or will be tried again. */
export type JobStanding = 'missing' | 'alive' | 'completed' | 'failed'

const STANDINGS: Readonly<Record<string, JobStanding>> = {
  unknown: 'missing',
  completed: 'completed',
  failed: 'failed',
}

const JOB_OPTIONS = { ...WITHOUT_END, removeOnComplete: { age: HOUR, count: 1000 } }

/** The producing side of the queue. A job bears its upload's id, so that adding it again does nothing. */
export class UploadQueue {
  readonly #queue: LateQueue<UploadJobData, string, UploadJobName>

  constructor(redis: Redis, prefix: string, log: Logger, { queue }: Tracing = untraced) {
    const place = { redis, prefix, log }
    this.#queue = new LateQueue(UPLOAD_QUEUE, place, { defaultJobOptions: JOB_OPTIONS, ...queue })
  }

  /** An error leaves it open whether the job exists. Fails at once while Redis is known to be away. */
  async add(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('render', toJobData(upload), { jobId: upload.id })
  }

  /** What the queue knows of these uploads, in their order. */
  async jobs(ids: readonly Revision[]): Promise<JobStanding[]> {
    const queue = await this.#queue.open()
    const states = await Promise.all(ids.map((id) => queue.getJobState(id)))
    return states.map((state) => STANDINGS[state] ?? 'alive')
  }

  /** The upload that a worker will take next; undefined where none waits. */
  async next(): Promise<Revision | undefined> {
    const queue = await this.#queue.open()
    const [job] = await queue.getWaiting(0, 0)
    return job?.id
  }

  /** The first `count` that wait, in the order in which workers will take them; repairs wait there too. */
  async line(count: number): Promise<string[]> {
    const queue = await this.#queue.open()
    return queue.getRanges(['wait'], 0, count - 1, true)
  }

  /** Adds the job anew, in place of an ended one that BullMQ would take for it. */
  async addAgain(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.remove(upload.id)
    await this.add(upload)
  }

  /** Has the variants of an upload that has its outcome rendered once more. */
  async addRepair(upload: Upload): Promise<void> {
    const queue = await this.#queue.open()
    await queue.add('repair', toJobData(upload), { jobId: `repair-${upload.id}` })
  }

  close(): Promise<void> {
    return this.#queue.close()
  }
}
