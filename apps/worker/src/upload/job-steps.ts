/** The steps of a job. Each is a span of the job's trace and a value of the label `step` of the step metrics. */
export const jobSteps = [
  ...(['begin', 'fetch', 'render', 'keep', 'publish', 'commit', 'reject'] as const),
  ...(['quarantine', 'remove', 'record_crash', 'record_attempt_end'] as const),
] as const

export type JobStep = (typeof jobSteps)[number]
