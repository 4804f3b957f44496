import { outcomes } from '@visage/shared/avatar/upload'
import { reasonWords } from '@visage/shared/errors/reasons'
import { counter, gauge, histogram } from '@visage/shared/metrics/metric'
import type { LiveMetrics } from '@visage/shared/metrics/metrics-registry'
import { renderSteps } from './image/stopwatch.ts'
import { rerenderOutcomes } from './rerender/rerender-outcome.ts'
import { jobSteps } from './upload/job-steps.ts'

/** Buckets in seconds, from a small picture to the longest allowed rendering. */
const ATTEMPT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Buckets in seconds, from an idle service to an outage of an hour. */
const OUTCOME_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]

/** Buckets in seconds, from a task with nothing to do to the audit of a large bucket. */
const TASK_BUCKETS = [0.01, 0.1, 1, 10, 60, 600, 3600]

const task = 'purge, sweep, audit or announcements'

export const workerMetrics = {
  outcomeSeconds: histogram(
    'accepted_to_outcome_seconds',
    'Time from the acceptance of an upload to its outcome. An upload that two attempts complete counts twice',
    OUTCOME_BUCKETS,
    { outcome: outcomes },
  ),
  rejections: counter('rejections_total', 'Rejected uploads, by reason', {
    reason: reasonWords,
  }),
  attemptSeconds: histogram(
    'attempt_duration_seconds',
    'Duration of one attempt at a job, including failed attempts. A repair renders missing variants of a picture again. A rerender renders a picture by a new recipe',
    ATTEMPT_BUCKETS,
    { job: ['render', 'repair', 'rerender'] },
  ),
  attemptsFailed: counter('attempts_failed_total', 'Attempts at a job that failed and are retried'),
  stepSeconds: histogram(
    'step_duration_seconds',
    'Duration of one step of an attempt, including failed steps. `publish` stores one variant. `render` includes the wait for a render process',
    ATTEMPT_BUCKETS,
    { step: jobSteps },
  ),
  renderStepSeconds: histogram(
    'render_step_duration_seconds',
    'Duration of one step of rendering one picture, over all of its sizes. `decode` includes cropping and resizing to the largest size',
    ATTEMPT_BUCKETS,
    { step: renderSteps },
  ),
  renderers: gauge('renderers', 'Render processes, by state. A busy process has a picture', {
    state: ['busy', 'idle'],
  }),
  rendererCrashes: counter(
    'renderer_crashes_total',
    'Render processes that crashed or hung while they rendered a picture. Processes that were stopped because of a limit do not count',
  ),
  rendererMemory: gauge(
    'renderers_resident_memory_bytes',
    'Resident memory of all render processes, each measured after its last picture',
  ),
  rendererPeak: gauge(
    'renderer_peak_memory_bytes',
    'Highest resident memory that any render process has reached',
  ),
  maintenanceSeconds: histogram(
    'maintenance_duration_seconds',
    'Duration of one run of a maintenance task, including failed runs',
    TASK_BUCKETS,
    { task },
  ),
  maintenanceFailures: counter(
    'maintenance_failures_total',
    'Failed runs of a maintenance task. The task runs again at its next interval',
    { task },
  ),
  maintenanceSuccess: gauge(
    'maintenance_last_success_timestamp_seconds',
    'Time of the last successful run of the task in this process. Before the first success, the start of the process. Use the maximum over all workers',
    { task },
  ),
  maintenanceInterval: gauge(
    'maintenance_interval_seconds',
    'Time between two runs of the task, counted over all workers',
    { task },
  ),
  announcements: counter(
    'announcements_total',
    'Attempts to deliver an announcement to the webhook, by outcome',
    {
      outcome: ['delivered', 'refused', 'failed'],
    },
  ),
  purged: counter(
    'purged_pictures_total',
    'Replaced and removed pictures whose objects were deleted',
  ),
  rerenders: counter('rerenders_total', 'Rerender jobs, by outcome', {
    outcome: rerenderOutcomes,
  }),
  audit: counter(
    'audit_total',
    'Differences between bucket and database that the audit found. An orphan is an unreferenced picture. An incomplete row has missing objects',
    {
      finding: ['orphan', 'incomplete'],
    },
  ),
  sweep: counter('sweep_total', 'Raw objects that the sweep checked, by decision', {
    decision: ['remove', 'requeue', 'quarantine', 'leave'],
  }),
}

export type WorkerMetrics = LiveMetrics<typeof workerMetrics>
