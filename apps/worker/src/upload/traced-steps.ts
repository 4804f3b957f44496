import { traced } from '@visage/shared/tracing/traced'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { JobSteps } from '../queue/upload-consumer.ts'

/** The steps of a job as spans below the job's own. */
export function tracedSteps(
  { raw, store, uploads, render, originals, rerenders, ...others }: JobSteps,
  tracing: Tracing,
): JobSteps {
  const rawSpans = { get: 'fetch', quarantine: 'quarantine', remove: 'acknowledge' }
  const uploadsSpans = {
    begin: 'begin',
    commit: 'commit',
    end: 'end',
    release: 'release',
    blame: 'blame',
  }
  return {
    ...others,
    raw: traced(raw, rawSpans, tracing),
    store: traced(store, { put: 'publish' }, tracing),
    uploads: traced(uploads, uploadsSpans, tracing),
    render: (bytes, framing) => tracing.span('render', () => render(bytes, framing)),
    originals: traced(originals, { get: 'fetch', carry: 'keep' }, tracing),
    rerenders: traced(rerenders, { begin: 'begin', commit: 'commit' }, tracing),
  }
}
