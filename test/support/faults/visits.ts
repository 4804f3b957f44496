import type { Revision } from '@visage/shared/avatar/revision'

/**
 * Steps of a job, named as in `job-steps.ts` of the worker. The steps of a rerender have names of their own here, as they
 * visit under the ID of the same upload. `read_verdict` is no step of the worker.
 */
export const stepNames = [
  'begin',
  'fetch',
  'render',
  'keep',
  'publish',
  'commit',
  'reject',
  'record_attempt_end',
  'record_crash',
  'read_verdict',
  'remove',
  'quarantine',
  'rerender_begin',
  'rerender_fetch',
  'rerender_keep',
  'rerender_commit',
] as const

export type StepName = (typeof stepNames)[number]

/** Moment of a visit. `during`: the work of the step has started, and its result is used only after the visit. */
export const moments = ['before', 'during', 'after'] as const

export type Moment = (typeof moments)[number]

/** One step of a job, at which a worker waits until the test lets it continue. */
export interface Visit {
  readonly worker: string
  readonly step: StepName
  readonly at: Moment
  readonly upload: Revision
  /** Number of the variant that `publish` writes, from 1. Every other step has 1. */
  readonly nth: number
}

/** Resolves when the worker may continue. Rejects if the test makes the step fail. */
export type VisitHook = (visit: Omit<Visit, 'worker'>) => Promise<void>

/** Message of a worker on the control socket: one line of JSON. */
export interface Question {
  readonly id: number
  readonly visit: Visit
}

/** Answer of the test: one line of JSON. */
export interface Reply {
  readonly id: number
  readonly failure?: string
}
