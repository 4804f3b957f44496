import type { JobState } from '@visage/shared/queue/upload-queue'

/** State of a raw object that is older than any job should need to process it. */
export interface RawObjectState {
  /** Whether the outcome of the upload is recorded. */
  readonly hasOutcome: boolean
  readonly job: JobState
}

/**
 * `remove`: the outcome is recorded, so only the acknowledgement is missing. `requeue`: no job will process the upload.
 * `quarantine`: the job failed for good without a verdict. `leave`: a job will process the upload.
 */
export type SweepDecision = 'remove' | 'requeue' | 'quarantine' | 'leave'

const DECISIONS: Readonly<Record<JobState, SweepDecision>> = {
  missing: 'requeue',
  completed: 'requeue',
  failed: 'quarantine',
  unfinished: 'leave',
}

/** Chooses what the sweep does. A recorded outcome is final. Without an outcome, the state of the job decides. */
export function decideSweep({ hasOutcome, job }: RawObjectState): SweepDecision {
  return hasOutcome ? 'remove' : DECISIONS[job]
}
