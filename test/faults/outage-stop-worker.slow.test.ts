import { expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import { requestStop, waitForExit } from '../support/faults/outage-stop.ts'
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

/** Lock that outlasts the case: a job that a stopped worker kept locked would miss every deadline. */
const LONG_LOCK = { JOB_LOCK: '2m' }
/** Maximum milliseconds of a takeover: the lock of a trial, its check, the start of a render process, and slack. */
const TAKEN_OVER = 60_000

faultCase(
  { fault: 'SIGTERM of a worker under load', holds: 'it exits 0 and leaves no lock' },
  async (trial) => {
    await trial.startApi()
    let worker = await trial.startWorker(LONG_LOCK)
    const load = new Load(trial)
    trial.times = 3
    for (let i = 1; i <= trial.times; i++) {
      await load.reached(i * 12)
      worker.kill('SIGTERM')
      expect(
        await stopwatch.time('a worker stops under load', 5000, () => waitForExit(worker)),
      ).toEqual(CLEAN)
      worker = await trial.startWorker(LONG_LOCK)
      trial.startRecovery()
    }
    await load.done
  },
)

faultCase(
  { fault: 'SIGTERM of a worker that renders', holds: 'it finishes the job and begins no other' },
  async (trial) => {
    const { worker, upload, rendering } = await stopWhileRendering(trial)
    const next = await trial.upload('ben', await tiny())
    rendering.release()
    expect(
      await stopwatch.time('a worker stops after a job', 3000, () => waitForExit(worker)),
    ).toEqual(CLEAN)
    expect(await receiptRow(trial.world, upload)).toMatchObject({ state: 'ready' })
    expect(await receiptRow(trial.world, next)).toBeUndefined()
    await trial.startWorker()
  },
)

faultCase(
  {
    fault: 'SIGTERM of a worker, twice',
    holds: 'it exits, and another worker takes over',
    within: TAKEN_OVER,
  },
  async (trial) => {
    const { worker } = await stopWhileRendering(trial)
    worker.kill('SIGTERM')
    expect(await stopwatch.time('a worker exits at once', 1000, () => waitForExit(worker))).toEqual(
      FORCED,
    )
    trial.startRecovery()
    await trial.startWorker()
  },
)

faultCase(
  {
    fault: 'STOP_TIMEOUT of a worker passes',
    holds: 'another worker takes over',
    within: TAKEN_OVER,
  },
  async (trial) => {
    const { worker } = await stopWhileRendering(trial, { STOP_TIMEOUT: '1s' })
    expect(
      await stopwatch.time('a worker exits after 1 s', 2500, () => waitForExit(worker)),
    ).toEqual(FORCED)
    trial.startRecovery()
    await trial.startWorker()
  },
)

/** Like a supervisor that signals all processes of a service. */
faultCase(
  { fault: 'SIGTERM of a worker and its renderer', holds: 'no crash is recorded' },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    const rendering = trial.gates.hold({ step: 'render', at: 'during' })
    const worker = await trial.startHookWorker()
    await rendering.reached()
    worker.kill('SIGTERM')
    rendering.release()
    expect(await waitForExit(worker)).toEqual(CLEAN)
    expect(await receiptRow(trial.world, upload)).toMatchObject({ crashes: [] })
    trial.startRecovery()
    await trial.startWorker()
  },
)

async function stopWhileRendering(trial: Trial, env: Environment = {}) {
  await trial.startApi()
  const worker = await trial.startHookWorker({ env })
  const rendering = trial.gates.hold({ step: 'render', at: 'during' })
  const upload = await trial.upload('ada', await tiny())
  await rendering.reached()
  await requestStop(worker)
  return { worker, upload, rendering }
}
