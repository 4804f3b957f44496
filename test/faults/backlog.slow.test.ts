import { eventually } from '../support/domain/eventually.ts'
import { allEnded } from '../support/faults/checker.ts'
import { acceptForPoints } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

const BACKLOG = 60

faultCase(
  {
    fault: 'every worker killed with a backlog',
    holds: 'the next ones end it, and what came since',
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
    trial.broke()
  },
)

faultCase(
  {
    fault: 'Redis flushed with every worker gone',
    holds: 'the sweep queues each job again',
  },
  async (trial) => {
    await trial.startApi()
    await uploads(trial, BACKLOG)
    await trial.world.redis.flushall()
    await trial.startHookWorker({ renderOnce: true })
    trial.broke()
  },
)

faultCase(
  {
    fault: 'Redis flushed with jobs waiting',
    holds: 'the workers find their timers gone, and the sweep queues each job again',
  },
  async (trial) => {
    await trial.startApi()
    await uploads(trial, BACKLOG)
    const busy = trial.gates.hold({ step: 'commit', at: 'before' })
    await trial.startHookWorker({ renderOnce: true, concurrency: 2 })
    await busy.reached(2)
    await trial.world.redis.flushall()
    trial.broke()
    busy.release()
  },
)

/** A picture that kills its renderer is tried six times with growing waits, and each try may fall to the busy worker. */
const CRASHES = 120_000

faultCase(
  {
    fault: 'Redis flushed while each step runs',
    holds: 'no upload is lost, and each ends once',
  },
  async (trial) => {
    await trial.startApi()
    const holds = await acceptForPoints(trial, 'busy', 'before')
    await trial.startHookWorker({ name: 'busy', concurrency: holds.length })
    await Promise.all(holds.map((hold) => hold.reached()))
    await trial.world.redis.flushall()
    trial.times = holds.length
    trial.broke()
    await trial.startHookWorker({ name: 'successor' })
    await eventually('every outcome', CRASHES, () => allEnded(trial.world, trial.ledger))
    for (const hold of holds) hold.release()
  },
)

/** Of a user each. */
async function uploads(trial: Trial, n: number): Promise<void> {
  const picture = await tiny()
  const first = trial.ledger.uploads.length
  for (let i = first; i < first + n; i++) await trial.upload(`user-${i}`, picture)
}
