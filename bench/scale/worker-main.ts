import { setTimeout as delay } from 'node:timers/promises'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig } from '../../apps/worker/dist/config.js'
import type { JobDependencies } from '../../apps/worker/dist/queue/upload-consumer.js'
import { startWorker } from '../../apps/worker/dist/worker.js'

/**
 * Runs the built worker without the steps in BENCH_WITHOUT. Without `render`, it renders only the first picture, waits BENCH_WAIT
 * milliseconds for each picture, and uses the variants of the first one.
 */
await runProcess(() => startWorker(readConfig(process.env), { wrapDependencies: skipSteps }))

function skipSteps(dependencies: JobDependencies): JobDependencies {
  const { BENCH_WITHOUT = '', BENCH_WAIT = '0' } = process.env
  const without = new Set(BENCH_WITHOUT.split(','))
  const { raw, store, render } = dependencies
  const noop = async () => {}
  const [fetchOnce, renderOnce] = [once(raw.get.bind(raw)), once(render)]
  const waitInstead: JobDependencies['render'] = async (bytes, framing) => {
    const rendered = renderOnce(bytes, framing)
    await delay(Number(BENCH_WAIT))
    return rendered
  }
  return {
    ...dependencies,
    raw: {
      get: without.has('fetch') ? fetchOnce : raw.get.bind(raw),
      remove: without.has('remove') ? noop : raw.remove.bind(raw),
      quarantine: raw.quarantine.bind(raw),
    },
    store: { put: without.has('publish') ? noop : store.put.bind(store) },
    render: without.has('render') ? waitInstead : render,
  }
}

function once<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  let first: R | undefined
  return (...args) => {
    first ??= work(...args)
    return first
  }
}
