import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig } from '../../../apps/worker/dist/config.js'
import type { JobDependencies } from '../../../apps/worker/dist/queue/upload-consumer.js'
import type { Render } from '../../../apps/worker/dist/upload/process-upload.js'
import { startWorker } from '../../../apps/worker/dist/worker.js'
import { connectGates } from './hook-client.ts'
import { hookSteps } from './hook-steps.ts'

/**
 * A worker as built (see build-hooks.ts), which asks the test for leave before, during and after every step.
 * VISAGE_FAULT_CONTROL: the port to ask at. VISAGE_FAULT_NAME: who asks. VISAGE_FAULT_RENDER=once:
 * the first picture's rendering stands in for every other one's.
 */
const { VISAGE_FAULT_CONTROL, VISAGE_FAULT_NAME = 'worker', VISAGE_FAULT_RENDER } = process.env

await runProcess(async () => {
  const visit = await connectGates(Number(VISAGE_FAULT_CONTROL), VISAGE_FAULT_NAME)
  return startWorker(readConfig(process.env), {
    wrapDependencies: (dependencies) => hookSteps(oncePerhaps(dependencies), visit),
    renderer: new URL('./hook-renderer.js', import.meta.url),
  })
})

function oncePerhaps(steps: JobDependencies): JobDependencies {
  return VISAGE_FAULT_RENDER === 'once' ? { ...steps, render: renderOnce(steps.render) } : steps
}

function renderOnce(render: Render): Render {
  let first: ReturnType<Render> | undefined
  return (bytes) => {
    first ??= render(bytes)
    return first
  }
}
