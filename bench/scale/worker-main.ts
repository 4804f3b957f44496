import { setTimeout as delay } from 'node:timers/promises'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig } from '../../apps/worker/dist/config.js'
import type { JobDependencies } from '../../apps/worker/dist/queue/upload-consumer.js'
import { startWorker } from '../../apps/worker/dist/worker.js'

/**
 * A worker as built, but for the steps that BENCH_WITHOUT names. In place of rendering it waits BENCH_WAIT milliseconds,
 * after which every picture has the variants of the first one.
 */
await runProcess(() => startWorker(readConfig(process.env), { wrapDependencies: lessened }))

function lessened(steps: JobDependencies): JobDependencies {
  const { BENCH_WITHOUT = '', BENCH_WAIT = '0' } = process.env
  const without = new Set(BENCH_WITHOUT.split(','))
  const { raw, store, render } = steps
  const nothing = async () => {}
  const [fetchOnce, renderOnce] = [once(raw.get.bind(raw)), once(render)]
  const waiting: JobDependencies['render'] = async (bytes, framing) => {
    const rendered = renderOnce(bytes, framing)
    await delay(Number(BENCH_WAIT))
    return rendered
  }
  return {
    ...steps,
    raw: {
      get: without.has('fetch') ? fetchOnce : raw.get.bind(raw),
      remove: without.has('remove') ? nothing : raw.remove.bind(raw),
      quarantine: raw.quarantine.bind(raw),
    },
    store: { put: without.has('publish') ? nothing : store.put.bind(store) },
    render: without.has('render') ? waiting : render,
  }
}

function once<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  let first: R | undefined
  return (...args) => {
    first ??= work(...args)
    return first
  }
}
