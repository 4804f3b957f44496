import { type Around, wrapMethods } from '@visage/shared/lifecycle/wrap-methods'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { WorkerMetrics } from '../metrics.ts'
import type { JobDependencies } from '../queue/upload-consumer.ts'
import type { JobStep } from './job-steps.ts'

/** Step that each method performs. `uploads.find` has no step: the job reads the verdict just before `remove`. */
const stepOf = {
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

/** Returns the same dependencies with every step measured and traced. */
export function observeSteps(dependencies: JobDependencies, tracing: Tracing): JobDependencies {
  const observe = observer(dependencies.metrics, tracing)
  const { keepOriginal, render } = dependencies
  return {
    ...dependencies,
    raw: wrapMethods(dependencies.raw, stepOf.raw, observe),
    store: wrapMethods(dependencies.store, stepOf.store, observe),
    uploads: wrapMethods(dependencies.uploads, stepOf.uploads, observe),
    originals: wrapMethods(dependencies.originals, stepOf.originals, observe),
    rerenders: wrapMethods(dependencies.rerenders, stepOf.rerenders, observe),
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
