import type { Revision } from '@visage/shared/avatar/revision'

/** What a worker does to the world in one job, as `Steps` names it. */
export const stepNames = [
  'begin',
  'get',
  'render',
  'keep',
  'put',
  'commit',
  'end',
  'release',
  'blame',
  'find',
  'remove',
  'quarantine',
  'rerender',
  'original',
  'carry',
  'replace',
] as const

export type StepName = (typeof stepNames)[number]

/** `during`: the step's work has been started, and its result is not used until the visit is over. */
export const moments = ['before', 'during', 'after'] as const

export type Moment = (typeof moments)[number]

/** A worker at a point of a job, waiting to be told to go on. */
export interface Visit {
  readonly worker: string
  readonly step: StepName
  readonly at: Moment
  readonly upload: Revision
  /** Which variant a `put` writes, from 1; 1 for every other step. */
  readonly nth: number
}

/** Settles when the worker may go on; rejects where the test makes the step fail. */
export type Visiting = (visit: Omit<Visit, 'worker'>) => Promise<void>

/** What goes over the control socket, one line of JSON each. */
export interface Question {
  readonly id: number
  readonly visit: Visit
}

export interface Reply {
  readonly id: number
  readonly failure?: string
}
