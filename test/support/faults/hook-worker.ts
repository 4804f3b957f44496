import { runProcess } from '@visage/shared/lifecycle/run'
import { readConfig } from '../../../apps/worker/dist/config.js'
import { limits } from '../../../apps/worker/dist/image/limits.js'
import { renderApart } from '../../../apps/worker/dist/image/render-apart.js'
import type { Render, Steps } from '../../../apps/worker/dist/process-upload.js'
import { startWorker } from '../../../apps/worker/dist/worker.js'
import { connectGates } from './hook-client.ts'
import { hookSteps } from './hook-steps.ts'
import { dieIfPoisonous } from './poison.ts'

/**
 * A worker as built, which asks the test for leave before, during and after every step.
 * VISAGE_FAULT_CONTROL: the port to ask at. VISAGE_FAULT_NAME: who asks. VISAGE_FAULT_RENDER=once:
 * the first picture's rendering stands in for every other one's.
 */
const { VISAGE_FAULT_CONTROL, VISAGE_FAULT_NAME = 'worker', VISAGE_FAULT_RENDER } = process.env

const apartMain = new URL('./hook-apart.ts', import.meta.url)

await runProcess(async () => {
  const visit = await connectGates(Number(VISAGE_FAULT_CONTROL), VISAGE_FAULT_NAME)
  return startWorker(readConfig(process.env), (steps) => hookSteps(crashable(steps), visit))
})

/** A decoder that poison crashes, in the worker and apart. */
function crashable(steps: Steps): Steps {
  const render: Render = (bytes, ...args) => {
    dieIfPoisonous(bytes)
    return steps.render(bytes, ...args)
  }
  return {
    ...steps,
    render: VISAGE_FAULT_RENDER === 'once' ? renderOnce(render) : render,
    renderApart: (bytes, framing) =>
      renderApart(bytes, { seconds: limits.seconds, framing, main: apartMain }),
  }
}

function renderOnce(render: Render): Render {
  let first: ReturnType<Render> | undefined
  return (bytes) => {
    first ??= render(bytes)
    return first
  }
}
