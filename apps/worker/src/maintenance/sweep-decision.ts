import type { JobStanding } from '@visage/shared/queue/upload-queue'

/** What is known of a raw object that has lain longer than any job should need to come. */
export interface Finding {
  /** Whether the upload's outcome is written. */
  readonly ended: boolean
  readonly job: JobStanding
}

/**
 * remove: the acknowledgement is all that is missing. requeue: nobody will come for it. quarantine:
 * it was given up without a verdict. leave: its job will see to it.
 */
export type Decision = 'remove' | 'requeue' | 'quarantine' | 'leave'

const DECISIONS: Readonly<Record<JobStanding, Decision>> = {
  missing: 'requeue',
  completed: 'requeue',
  failed: 'quarantine',
  alive: 'leave',
}

/** An outcome is final, whatever the queue says; without one, only a job that lives is a reason to wait. */
export function decide({ ended, job }: Finding): Decision {
  return ended ? 'remove' : DECISIONS[job]
}
