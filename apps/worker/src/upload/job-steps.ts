/** Steps of a job. Each step is a span in the trace of the job, and a value of the label `step` of the metrics. */
export const jobSteps = [
  ...(['begin', 'fetch', 'render', 'keep', 'publish', 'commit', 'reject'] as const),
  ...(['quarantine', 'remove', 'record_crash', 'record_attempt_end'] as const),
] as const

export type JobStep = (typeof jobSteps)[number]
