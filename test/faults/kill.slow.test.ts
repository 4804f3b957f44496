import { workerSettings } from '../../apps/worker/src/config.ts'
import { asRevision } from '../support/domain/brands.ts'
import { killWorker } from '../support/faults/kill-worker.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { moments } from '../support/faults/visits.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

const DEFAULT_LOCK = `${workerSettings.jobLock.fallback}`
/** Milliseconds: the bound of docs/guarantees.md for a killed worker, plus 30 s for a busy machine. */
const DOCUMENTED = 15_000 + 30_000

faultCase(
  { fault: 'worker killed after each step', holds: 'another worker finishes every upload' },
  (trial) => killWorker(trial, 'after'),
)

faultCase(
  {
    fault: 'worker killed before each step',
    holds: 'with the default JOB_LOCK another worker finishes every upload within 15 s',
    within: DOCUMENTED,
  },
  (trial) => killWorker(trial, 'before', { JOB_LOCK: DEFAULT_LOCK }),
)

faultCase(
  {
    fault: 'worker killed while it records the end of an attempt',
    holds: 'another worker finishes every upload',
  },
  async (trial) => {
    await trial.startApi()
    const holds = []
    for (const at of moments) {
      const upload = await trial.upload(at, await tiny())
      trial.gates.fail({ upload: asRevision(upload), step: 'publish', nth: 1 })
      holds.push(
        trial.gates.hold({ upload: asRevision(upload), step: 'record_attempt_end', at }, 1),
      )
    }
    const victims = await Promise.all(
      moments.map((at) => trial.startHookWorker({ name: at, concurrency: 1 })),
    )
    await Promise.all(holds.map((hold) => hold.reached()))
    await trial.startHookWorker({ name: 'successor' })
    trial.times = moments.length
    trial.startRecovery()
    for (const victim of victims) victim.kill('SIGKILL')
  },
)

faultCase(
  {
    fault: 'worker killed in the middle of a request',
    holds: 'another worker finishes every upload',
  },
  async (trial) => {
    await trial.startApi()
    const { gates } = trial
    const s3 = await trial.link('s3')
    const postgres = await trial.link('postgres')
    const half = await trial.upload('half', await whole())
    const open = await trial.upload('open', await whole())
    const put = gates.hold({
      worker: 'victim',
      upload: asRevision(half),
      step: 'publish',
      nth: 1,
      at: 'before',
    })
    const commit = gates.hold({
      worker: 'victim',
      upload: asRevision(open),
      step: 'commit',
      at: 'before',
    })
    const env = { ...s3.env, ...postgres.env }
    const victim = await trial.startHookWorker({ name: 'victim', env })
    await Promise.all([put.reached(), commit.reached()])
    await trial.startWorker()

    const halfPut = s3.proxy.trap({ on: `/${half}/`, keep: 2000, effect: 'hold' })
    const written = postgres.proxy.trap({ on: 'update "uploads" set "state"', effect: 'hold' })
    put.release()
    commit.release()
    await Promise.all([halfPut.sprung, written.sprung])
    trial.times = 2
    trial.startRecovery()
    victim.kill('SIGKILL')
  },
)

faultCase(
  {
    fault: 'worker killed in the first two attempts',
    holds: 'the third attempt finishes the upload',
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    for (const name of ['first', 'second']) {
      const commit = trial.gates.hold({ worker: name, upload: asRevision(upload), step: 'commit' })
      const worker = await trial.startHookWorker({ name })
      await commit.reached()
      trial.startRecovery()
      worker.kill('SIGKILL')
    }
    trial.times = 2
    await trial.startWorker()
  },
)
