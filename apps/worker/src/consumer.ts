import { backoffDelay } from '@visage/shared/lifecycle/backoff'
import type { Logger } from '@visage/shared/log/logger'
import { metrics } from '@visage/shared/metrics/metrics'
import { answers, type Redis } from '@visage/shared/queue/connection'
import {
  fromJobData,
  UPLOAD_QUEUE,
  type UploadJobData,
  type UploadJobName,
} from '@visage/shared/queue/upload-job'
import type { Job } from 'bullmq'
import { PatientWorker } from './patient-worker.ts'
import { processUpload, repairUpload, type Steps } from './process-upload.ts'

export interface QueueAccess {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Logger
}

const RETRY = { base: 500, cap: 60_000 }

/**
 * A worker that dies is noticed within lock + check. BullMQ fails a job that stalls more often than
 * `maxStalledCount`, without any of our code running, so that limit is out of reach.
 */
export const LOCK = { lockDuration: 10_000, stalledInterval: 2_500, maxStalledCount: 1_000_000 }

const JOBS = { render: processUpload, repair: repairUpload }

/** Takes upload jobs from the queue. The one file that knows both BullMQ's words and ours. */
export function consumeUploads(
  { redis, prefix, log }: QueueAccess,
  concurrency: number,
  steps: Steps,
): { close(): Promise<void> } {
  const running = new Set<Promise<string>>()
  const track = (attempt: Promise<string>) => {
    running.add(attempt)
    const done = () => running.delete(attempt)
    attempt.then(done, done)
    return attempt
  }
  const worker = new PatientWorker<UploadJobData, string, UploadJobName>(
    UPLOAD_QUEUE,
    (job) => track(work(job, steps, log)),
    {
      connection: redis,
      prefix,
      concurrency,
      ...LOCK,
      settings: { backoffStrategy: (attempt) => backoffDelay(attempt, RETRY) },
    },
  )
  worker.on('error', (err) => log.debug({ err }, 'queue'))
  worker.on('stalled', (id) =>
    log.warn({ upload_id: id }, 'a worker lost this job; it is done again'),
  )
  return {
    /** What runs is finished; without Redis to tell, its job is delivered again and finds its outcome. */
    async close() {
      if (await answers(redis)) return worker.close()
      await worker.pause(true)
      await Promise.allSettled(running)
      return worker.close(true)
    },
  }
}

/** One line for each attempt. What it returns is kept with the job, for operators to see. */
async function work(
  job: Job<UploadJobData, string, UploadJobName>,
  steps: Steps,
  parent: Logger,
): Promise<string> {
  const upload = fromJobData(job.data)
  const log = parent.child({
    correlation_id: upload.correlationId,
    upload_id: upload.id,
    user: upload.userId,
    attempt: job.attemptsMade + 1,
  })
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const outcome = await JOBS[job.name](upload, steps, log)
    log.info({ outcome, ms: ms() }, 'job')
    metrics.outcomes.inc({ outcome })
    return outcome
  } catch (err) {
    log.warn({ err, ms: ms() }, 'job failed; it is tried again')
    metrics.attemptsFailed.inc()
    throw err
  }
}
