import { outcomes } from '@visage/shared/avatar/upload'
import { reasonWords } from '@visage/shared/errors/reasons'
import { counter, gauge, histogram } from '@visage/shared/metrics/metric'
import type { LiveMetrics } from '@visage/shared/metrics/metrics-registry'
import { renderSteps } from './image/stopwatch.ts'
import { rerenderOutcomes } from './rerender/rerender-outcome.ts'
import { jobSteps } from './upload/job-steps.ts'

/** From a small picture to the longest that one may take, in seconds. */
const WORK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** From an idle service to one that was away for an hour, in seconds. */
const WAIT = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]

/** From a look at nothing to the audit of a large bucket, in seconds. */
const ROUND = [0.01, 0.1, 1, 10, 60, 600, 3600]

const task = 'purge, sweep, audit or announcements'

export const workerMetrics = {
  outcomeSeconds: histogram(
    'accepted_to_outcome_seconds',
    'From the acceptance of an upload to its outcome; one that two attempts end counts twice',
    WAIT,
    { outcome: outcomes },
  ),
  rejections: counter('rejections_total', 'Pictures that were found at fault, by reason', {
    reason: reasonWords,
  }),
  attemptSeconds: histogram(
    'attempt_duration_seconds',
    'One attempt at a job, whatever came of it; a repair renders a picture again that has its outcome, a rerender one anew that is shown',
    WORK,
    { job: ['render', 'repair', 'rerender'] },
  ),
  attemptsFailed: counter('attempts_failed_total', 'Attempts that failed and are made again'),
  stepSeconds: histogram(
    'step_duration_seconds',
    'One step of an attempt, failed or not; publish is one variant, render includes the wait for a render process',
    WORK,
    { step: jobSteps },
  ),
  renderStepSeconds: histogram(
    'render_step_duration_seconds',
    'One step of the rendering of one picture, all of its sizes together; decode includes cropping, and the resizing to the largest size',
    WORK,
    { step: renderSteps },
  ),
  renderers: gauge('renderers', 'Render processes, by whether they have a picture', {
    state: ['busy', 'idle'],
  }),
  rendererCrashes: counter(
    'renderer_crashes_total',
    'Render processes that ended over a picture, or hung; not those that were ended for passing a limit',
  ),
  rendererMemory: gauge(
    'renderers_resident_memory_bytes',
    'Resident memory of all render processes together, each as it was after its last picture',
  ),
  rendererPeak: gauge(
    'renderer_peak_memory_bytes',
    'The most resident memory that any of the render processes has come to in its life',
  ),
  maintenanceSeconds: histogram(
    'maintenance_duration_seconds',
    'One run of a task that all workers share, whatever came of it',
    ROUND,
    { task },
  ),
  maintenanceFailures: counter(
    'maintenance_failures_total',
    'Runs of a task that failed; it runs again',
    { task },
  ),
  maintenanceSuccess: gauge(
    'maintenance_last_success_timestamp_seconds',
    'When the task last succeeded in this process; before that, when the process started. Take the latest of all workers',
    { task },
  ),
  maintenanceInterval: gauge(
    'maintenance_interval_seconds',
    'Time from one run of the task to the next, over all workers together',
    { task },
  ),
  announcements: counter(
    'announcements_total',
    'Attempts to tell the webhook of a change, by outcome',
    {
      outcome: ['delivered', 'refused', 'failed'],
    },
  ),
  purged: counter('purged_pictures_total', 'Replaced and removed pictures whose objects are gone'),
  rerenders: counter('rerenders_total', 'Pictures that were to be rendered anew, by outcome', {
    outcome: rerenderOutcomes,
  }),
  audit: counter('audit_total', 'What the audit found that does not agree', {
    finding: ['orphan', 'incomplete'],
  }),
  sweep: counter('sweep_total', 'Raw objects that the sweep looked at, by decision', {
    decision: ['remove', 'requeue', 'quarantine', 'leave'],
  }),
}

export type WorkerMetrics = LiveMetrics<typeof workerMetrics>
