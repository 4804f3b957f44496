import type { Outcome, Upload } from '@visage/shared/avatar/upload'
import type { Logger } from '@visage/shared/log/logger'
import {
  fromJobData,
  UPLOAD_QUEUE,
  type UploadJobData,
  type UploadJobName,
} from '@visage/shared/queue/upload-job'
import type { Span } from '@visage/shared/tracing/tracing'
import type { Job } from 'bullmq'
import type { WorkerMetrics } from '../metrics.ts'
import { type RerenderDependencies, rerender } from '../rerender/rerender.ts'
import { processUpload, repairUpload, type UploadDependencies } from '../upload/process-upload.ts'
import { type QueueAccess, startConsumer } from './consumer.ts'

/** Delays between attempts, in milliseconds. */
const RETRY = { base: 500, cap: 60_000 }

export type JobDependencies = UploadDependencies &
  RerenderDependencies & { readonly metrics: JobMetrics }

type JobMetrics = Pick<
  WorkerMetrics,
  | 'attemptsFailed'
  | 'attemptSeconds'
  | 'outcomeSeconds'
  | 'rejections'
  | 'rerenders'
  | 'stepSeconds'
>

type UploadJob = Job<UploadJobData, string, UploadJobName>
type RunJob = (
  upload: Upload,
  dependencies: JobDependencies,
  log: Logger,
  job: UploadJob,
) => Promise<string>

/** Runs one attempt at each kind of job, and counts the outcome. The audit counts repairs, as findings. */
const JOBS: Readonly<Record<UploadJobName, RunJob>> = {
  render: async (upload, dependencies, log) => {
    const outcome = await processUpload(upload, dependencies, log)
    observeOutcome(upload, outcome, dependencies.metrics)
    return outcome
  },
  repair: repairUpload,
  rerender: async (picture, dependencies, log, job) => {
    const { recipe = '' } = job.data
    const outcome = await rerender(
      { picture, recipe, starts: job.attemptsStarted },
      dependencies,
      log,
    )
    dependencies.metrics.rerenders.inc({ outcome })
    return outcome
  },
}

/** Starts to process the jobs of the upload queue. */
export function consumeUploads(
  access: QueueAccess,
  concurrency: number,
  dependencies: JobDependencies,
): { close(): Promise<void> } {
  const { log, tracing } = access
  return startConsumer<UploadJobData, UploadJobName>(access, {
    queue: UPLOAD_QUEUE,
    concurrency,
    retry: RETRY,
    work: (job) => attemptJob(job, dependencies, log, tracing.current()),
  })
}

/** Runs one attempt. Writes one log line and one span. */
async function attemptJob(
  job: UploadJob,
  dependencies: JobDependencies,
  parent: Logger,
  span: Span,
): Promise<string> {
  const { metrics } = dependencies
  const upload = fromJobData(job.data)
  span.setAttributes({ upload_id: upload.id, correlation_id: upload.correlationId })
  const log = parent.child({
    correlation_id: upload.correlationId,
    upload_id: upload.id,
    user: upload.userId,
    attempt: job.attemptsMade + 1,
  })
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const outcome = await JOBS[job.name](upload, dependencies, log, job)
    log.info({ job: job.name, outcome, ms: ms() }, 'Finished job')
    span.setAttributes({ outcome })
    return outcome
  } catch (err) {
    log.warn({ err, ms: ms() }, 'Job failed; retrying')
    span.fail(err)
    metrics.attemptsFailed.inc()
    throw err
  } finally {
    metrics.attemptSeconds.observe({ job: job.name }, ms() / 1000)
  }
}

/**
 * Records the time from acceptance to outcome. `acceptedAt` comes from the clock of Redis. If the clock of this host is
 * behind that clock, the time counts as 0.
 */
function observeOutcome(
  { acceptedAt }: Upload,
  outcome: Outcome,
  { outcomeSeconds }: Pick<JobMetrics, 'outcomeSeconds'>,
): void {
  const waited = Math.max(0, Date.now() - acceptedAt.getTime())
  outcomeSeconds.observe({ outcome }, waited / 1000)
}
