import type { Revision } from '@visage/shared/avatar/revision'
import type { WorkerMetrics } from '../metrics.ts'
import type { JobSteps } from '../queue/upload-consumer.ts'

type StepMetrics = Pick<WorkerMetrics, 'stepSeconds'>
type Step = Parameters<StepMetrics['stepSeconds']['observe']>[0]['step']

/** The same steps, each measured. What an attempt owes, `release` and `blame`, it does not wait for: nor is that timed. */
export function timedSteps({ raw, store, uploads, render, ...others }: JobSteps): JobSteps {
  const timed = timer(others.metrics)
  return {
    ...others,
    raw: {
      get: timed('fetch', raw.get.bind(raw)),
      remove: timed('remove', (...ids: Revision[]) => raw.remove(...ids)),
      quarantine: timed('quarantine', raw.quarantine.bind(raw)),
    },
    store: { put: timed('publish', store.put.bind(store)) },
    uploads: {
      begin: timed('begin', uploads.begin.bind(uploads)),
      commit: timed('commit', uploads.commit.bind(uploads)),
      end: timed('end', uploads.end.bind(uploads)),
      find: uploads.find.bind(uploads),
      release: uploads.release.bind(uploads),
      blame: uploads.blame.bind(uploads),
    },
    render: timed('render', render),
  }
}

function timer({ stepSeconds }: StepMetrics) {
  return <Args extends unknown[], Result>(step: Step, work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const started = performance.now()
      try {
        return await work(...args)
      } finally {
        stepSeconds.observe({ step }, (performance.now() - started) / 1000)
      }
    }
}
