import { type Around, wrapMethods } from '@visage/shared/lifecycle/wrap-methods'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { WorkerMetrics } from '../metrics.ts'
import type { JobDependencies } from '../queue/upload-consumer.ts'
import type { JobStep } from './job-steps.ts'

/** The step that each method of a job's dependencies is. `find` is part of `remove`. */
const methods = {
  raw: { get: 'fetch', quarantine: 'quarantine', remove: 'remove' },
  store: { put: 'publish' },
  uploads: {
    beginAttempt: 'begin',
    commitPicture: 'commit',
    recordVerdict: 'reject',
    recordCrash: 'record_crash',
    recordAttemptEnd: 'record_attempt_end',
  },
  originals: { get: 'fetch', copyRevision: 'keep' },
  rerenders: { begin: 'begin', commit: 'commit' },
} as const

/** The same dependencies. Each step is timed and traced. */
export function observeSteps(job: JobDependencies, tracing: Tracing): JobDependencies {
  const observe = observer(job.metrics, tracing)
  const { keepOriginal, render } = job
  return {
    ...job,
    raw: wrapMethods(job.raw, methods.raw, observe),
    store: wrapMethods(job.store, methods.store, observe),
    uploads: wrapMethods(job.uploads, methods.uploads, observe),
    originals: wrapMethods(job.originals, methods.originals, observe),
    rerenders: wrapMethods(job.rerenders, methods.rerenders, observe),
    keepOriginal: keepOriginal && ((upload) => observe('keep', () => keepOriginal(upload))),
    render: (bytes, framing) => observe('render', () => render(bytes, framing)),
  }
}

function observer(
  { stepSeconds }: Pick<WorkerMetrics, 'stepSeconds'>,
  tracing: Tracing,
): Around<JobStep> {
  return async (step, work) => {
    const started = performance.now()
    try {
      return await tracing.span(step, work)
    } finally {
      stepSeconds.observe({ step }, (performance.now() - started) / 1000)
    }
  }
}
