import { Queue } from 'bullmq'
import type { Upload } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './connection.ts'
import { toJobData, UPLOAD_QUEUE, type UploadJobData } from './upload-job.ts'

const HOUR = 3600

/** Trouble of ours is retried without end: the bytes are safe, so giving up would only lose them. */
const JOB_OPTIONS = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'capped' },
  removeOnComplete: { age: HOUR, count: 1000 },
  stackTraceLimit: 3,
}

/** The producing side of the queue. A job bears its upload's id, so that adding it again does nothing. */
export class UploadQueue {
  readonly #queue: Queue<UploadJobData>

  constructor(redis: Redis, prefix: string, log: Logger) {
    this.#queue = new Queue(UPLOAD_QUEUE, {
      connection: redis,
      prefix,
      skipWaitingForReady: true,
      defaultJobOptions: JOB_OPTIONS,
    })
    this.#queue.on('error', (error) => log.debug({ err: error }, 'queue'))
  }

  /** An error leaves it open whether the job exists. */
  async add(upload: Upload): Promise<void> {
    await this.#queue.add('render', toJobData(upload), { jobId: upload.id })
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}
