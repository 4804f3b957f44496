import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig } from '../../../apps/worker/dist/config.js'
import type { JobDependencies } from '../../../apps/worker/dist/queue/upload-consumer.js'
import type { Render } from '../../../apps/worker/dist/upload/process-upload.js'
import { startWorker } from '../../../apps/worker/dist/worker.js'
import { connectGates } from './hook-client.ts'
import { hookSteps } from './hook-steps.ts'

/**
 * Built worker (see build-hooks.ts) that visits the gates of the test before, during and after every step.
 * VISAGE_FAULT_CONTROL: port of the gates. VISAGE_FAULT_NAME: name of this worker in its visits.
 * VISAGE_FAULT_RENDER=once: every upload gets the variants of the first picture.
 */
const { VISAGE_FAULT_CONTROL, VISAGE_FAULT_NAME = 'worker', VISAGE_FAULT_RENDER } = process.env

await runProcess(async () => {
  const visit = await connectGates(Number(VISAGE_FAULT_CONTROL), VISAGE_FAULT_NAME)
  return startWorker(readConfig(process.env), {
    wrapDependencies: (dependencies) => hookSteps(withRenderMode(dependencies), visit),
    renderer: new URL('./hook-renderer.js', import.meta.url),
  })
})

function withRenderMode(dependencies: JobDependencies): JobDependencies {
  return VISAGE_FAULT_RENDER === 'once'
    ? { ...dependencies, render: renderOnce(dependencies.render) }
    : dependencies
}

function renderOnce(render: Render): Render {
  let first: ReturnType<Render> | undefined
  return (bytes) => {
    first ??= render(bytes)
    return first
  }
}
