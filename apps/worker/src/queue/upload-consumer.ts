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
type Work = (upload: Upload, steps: JobDependencies, log: Logger, job: UploadJob) => Promise<string>

/** Each counts what comes of it; of a repair it is the audit's finding that is counted. */
const JOBS: Readonly<Record<UploadJobName, Work>> = {
  render: async (upload, steps, log) => {
    const outcome = await processUpload(upload, steps, log)
    countOutcome(upload, outcome, steps.metrics)
    return outcome
  },
  repair: repairUpload,
  rerender: async (picture, steps, log, { data: { recipe = '' }, attemptsStarted: starts }) => {
    const outcome = await rerender({ picture, recipe, starts }, steps, log)
    steps.metrics.rerenders.inc({ outcome })
    return outcome
  },
}

/** Takes upload jobs from the queue: what they say in BullMQ's words, in ours. */
export function consumeUploads(
  access: QueueAccess,
  concurrency: number,
  steps: JobDependencies,
): { close(): Promise<void> } {
  const { log, tracing } = access
  return startConsumer<UploadJobData, UploadJobName>(access, {
    queue: UPLOAD_QUEUE,
    concurrency,
    retry: RETRY,
    work: (job) => work(job, steps, log, tracing.current()),
  })
}

/** One line and one span for each attempt. */
async function work(
  job: UploadJob,
  steps: JobDependencies,
  parent: Logger,
  span: Span,
): Promise<string> {
  const upload = fromJobData(job.data)
  span.note({ upload_id: upload.id, correlation_id: upload.correlationId })
  const log = parent.child({
    correlation_id: upload.correlationId,
    upload_id: upload.id,
    user: upload.userId,
    attempt: job.attemptsMade + 1,
  })
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const outcome = await JOBS[job.name](upload, steps, log, job)
    log.info({ job: job.name, outcome, ms: ms() }, 'job')
    span.note({ outcome })
    return outcome
  } catch (err) {
    log.warn({ err, ms: ms() }, 'job failed; it is tried again')
    span.fail(err)
    steps.metrics.attemptsFailed.inc()
    throw err
  } finally {
    steps.metrics.attemptSeconds.observe({ job: job.name }, ms() / 1000)
  }
}

/** Redis's clock gave the time of acceptance, and this host's may be behind it. */
function countOutcome(
  { acceptedAt }: Upload,
  outcome: Outcome,
  { outcomeSeconds }: Pick<JobMetrics, 'outcomeSeconds'>,
): void {
  const waited = Math.max(0, Date.now() - acceptedAt.getTime())
  outcomeSeconds.observe({ outcome }, waited / 1000)
}
