import { asRevision } from '../support/domain/brands.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

faultCase(
  {
    fault: 'the object store hangs for one picture',
    holds: 'a worker with a single render process renders the next picture meanwhile',
  },
  async (trial) => {
    await trial.startApi()
    const first = await trial.upload('first', await tiny())
    const hanging = trial.gates.hold({ upload: asRevision(first), step: 'publish', at: 'before' })
    const next = await trial.upload('next', await tiny())
    trial.startRecovery()
    await trial.startHookWorker({ env: { RENDERERS: '1', WORKER_CONCURRENCY: '' } })
    await hanging.reached()
    await trial.world.outcome(next)
    hanging.release()
  },
)
