import { setTimeout as delay } from 'node:timers/promises'
import { runProcess } from '@visage/shared/lifecycle/run'
import { readConfig } from '../../apps/worker/dist/config.js'
import type { JobSteps } from '../../apps/worker/dist/consumer.js'
import { startWorker } from '../../apps/worker/dist/worker.js'

/**
 * A worker as built, but for the rendering: a wait of BENCH_WAIT milliseconds, after which every picture has the
 * variants of the first one.
 */
await runProcess(() => startWorker(readConfig(process.env), { steps: waiting }))

function waiting(steps: JobSteps): JobSteps {
  let first: ReturnType<JobSteps['render']> | undefined
  return {
    ...steps,
    async render(bytes, framing) {
      first ??= steps.render(bytes, framing)
      await delay(Number(process.env.BENCH_WAIT))
      return first
    },
  }
}
