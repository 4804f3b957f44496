import { expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import { askToStop, stopped } from '../support/faults/outage-stop.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'
import type { Environment } from '../support/world/world.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

const CLEAN = { code: 0, signal: null }
const FORCED = { code: 1, signal: null }

/** A lock that outlasts the case. A job that a stopped worker kept would miss every deadline. */
const LONG_LOCK = { JOB_LOCK: '2m' }
/** The lock of a trial, the check for it, a process for the rendering, and slack for a busy machine. */
const TAKEN_OVER = 60_000

faultCase(
  { fault: 'SIGTERM of a worker under load', holds: 'exit 0, no lock is left' },
  async (trial) => {
    await trial.startApi()
    let worker = await trial.startWorker(LONG_LOCK)
    const load = new Load(trial)
    trial.times = 3
    for (let i = 1; i <= trial.times; i++) {
      await load.reached(i * 12)
      worker.kill('SIGTERM')
      expect(
        await stopwatch.time('a worker stops under load', 5000, () => stopped(worker)),
      ).toEqual(CLEAN)
      worker = await trial.startWorker(LONG_LOCK)
      trial.broke()
    }
    await load.done
  },
)

faultCase(
  { fault: 'SIGTERM of a worker that renders', holds: 'it finishes that, and begins no more' },
  async (trial) => {
    const { worker, upload, rendering } = await stopWhileRendering(trial)
    const next = await trial.upload('ben', await tiny())
    rendering.release()
    expect(await stopwatch.time('a worker stops after a job', 3000, () => stopped(worker))).toEqual(
      CLEAN,
    )
    expect(await receiptRow(trial.world, upload)).toMatchObject({ state: 'ready' })
    expect(await receiptRow(trial.world, next)).toBeUndefined()
    await trial.startWorker()
  },
)

faultCase(
  {
    fault: 'SIGTERM of a worker, twice',
    holds: 'it leaves, another takes over',
    within: TAKEN_OVER,
  },
  async (trial) => {
    const { worker } = await stopWhileRendering(trial)
    worker.kill('SIGTERM')
    expect(await stopwatch.time('a worker leaves at once', 1000, () => stopped(worker))).toEqual(
      FORCED,
    )
    trial.broke()
    await trial.startWorker()
  },
)

faultCase(
  { fault: 'STOP_TIMEOUT of a worker is over', holds: 'another takes over', within: TAKEN_OVER },
  async (trial) => {
    const { worker } = await stopWhileRendering(trial, { STOP_TIMEOUT: '1s' })
    expect(await stopwatch.time('a worker leaves after 1 s', 2500, () => stopped(worker))).toEqual(
      FORCED,
    )
    trial.broke()
    await trial.startWorker()
  },
)

/** As a supervisor does that signals all processes of a service. */
faultCase(
  { fault: 'SIGTERM of a worker and its renderer', holds: 'that is no crash of the picture' },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    const rendering = trial.gates.hold({ step: 'render', at: 'during' })
    const worker = await trial.startHookWorker()
    await rendering.reached()
    worker.kill('SIGTERM')
    rendering.release()
    expect(await stopped(worker)).toEqual(CLEAN)
    expect(await receiptRow(trial.world, upload)).toMatchObject({ crashes: [] })
    trial.broke()
    await trial.startWorker()
  },
)

async function stopWhileRendering(trial: Trial, env: Environment = {}) {
  await trial.startApi()
  const worker = await trial.startHookWorker({ env })
  const rendering = trial.gates.hold({ step: 'render', at: 'during' })
  const upload = await trial.upload('ada', await tiny())
  await rendering.reached()
  await askToStop(worker)
  return { worker, upload, rendering }
}
