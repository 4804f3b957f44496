import type { JobState } from '@visage/shared/queue/upload-queue'

/** What is known of a raw object that has lain longer than any job should need to come. */
export interface RawObjectState {
  /** Whether the upload's outcome is written. */
  readonly hasOutcome: boolean
  readonly job: JobState
}

/**
 * remove: the acknowledgement is all that is missing. requeue: nobody will come for it. quarantine:
 * it was given up without a verdict. leave: its job will see to it.
 */
export type SweepDecision = 'remove' | 'requeue' | 'quarantine' | 'leave'

const DECISIONS: Readonly<Record<JobState, SweepDecision>> = {
  missing: 'requeue',
  completed: 'requeue',
  failed: 'quarantine',
  alive: 'leave',
}

/** An outcome is final, whatever the queue says; without one, only a job that lives is a reason to wait. */
export function decideSweep({ hasOutcome, job }: RawObjectState): SweepDecision {
  return hasOutcome ? 'remove' : DECISIONS[job]
}
