import { eventually } from '../support/domain/eventually.ts'
import { allHaveOutcome } from '../support/faults/checker.ts'
import { acceptForPoints } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

const BACKLOG = 60

faultCase(
  {
    fault: 'every worker killed with a backlog',
    holds: 'new workers finish the backlog and every later upload',
  },
  async (trial) => {
    await trial.startApi()
    await uploads(trial, BACKLOG)
    const busy = trial.gates.hold({ step: 'commit', at: 'before' })
    const names = ['one', 'two']
    const workers = await Promise.all(names.map((name) => trial.startHookWorker({ name })))
    await busy.reached(8)
    for (const worker of workers) worker.kill('SIGKILL')
    await Promise.all(workers.map((worker) => worker.exited))
    busy.release()
    await uploads(trial, BACKLOG)
    await Promise.all(names.map((name) => trial.startHookWorker({ name, renderOnce: true })))
    trial.startRecovery()
  },
)

faultCase(
  {
    fault: 'Redis flushed while no worker runs',
    holds: 'the sweep requeues every job',
  },
  async (trial) => {
    await trial.startApi()
    await uploads(trial, BACKLOG)
    await trial.world.redis.flushall()
    await trial.startHookWorker({ renderOnce: true })
    trial.startRecovery()
  },
)

faultCase(
  {
    fault: 'Redis flushed with jobs waiting',
    holds: 'the workers schedule their timers again, and the sweep requeues every job',
  },
  async (trial) => {
    await trial.startApi()
    await uploads(trial, BACKLOG)
    const busy = trial.gates.hold({ step: 'commit', at: 'before' })
    await trial.startHookWorker({ renderOnce: true, concurrency: 2 })
    await busy.reached(2)
    await trial.world.redis.flushall()
    trial.startRecovery()
    busy.release()
  },
)

/**
 * Maximum milliseconds for a picture that kills its renderer: six attempts with growing delays, each perhaps on the busy
 * worker.
 */
const CRASHES = 120_000

faultCase(
  {
    fault: 'Redis flushed while each step runs',
    holds: 'no upload is lost, and each gets one outcome',
  },
  async (trial) => {
    await trial.startApi()
    const holds = await acceptForPoints(trial, 'busy', 'before')
    await trial.startHookWorker({ name: 'busy', concurrency: holds.length })
    await Promise.all(holds.map((hold) => hold.reached()))
    await trial.world.redis.flushall()
    trial.times = holds.length
    trial.startRecovery()
    await trial.startHookWorker({ name: 'successor' })
    await eventually('every outcome', CRASHES, () => allHaveOutcome(trial.world, trial.ledger))
    for (const hold of holds) hold.release()
  },
)

/** Accepts `n` uploads, each of its own user. */
async function uploads(trial: Trial, n: number): Promise<void> {
  const picture = await tiny()
  const first = trial.ledger.uploads.length
  for (let i = first; i < first + n; i++) await trial.upload(`user-${i}`, picture)
}
