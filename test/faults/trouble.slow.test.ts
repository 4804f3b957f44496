import { acceptEach, points } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** More often than a picture may crash. */
const FAILURES = 4

/** After so many failures in a row a worker waits the longest before it tries again. */
const LAST_WAIT = 8

for (const at of ['before', 'after'] as const) {
  faultCase(
    {
      fault: `each step fails ${FAILURES} times, ${at} its work`,
      holds: 'it is tried again, and not held against the picture',
    },
    async (trial) => {
      await trial.startApi()
      for (const visit of await acceptEach(trial)) trial.gates.fail({ ...visit, at }, FAILURES)
      trial.times = points.length * FAILURES
      await trial.startHookWorker({ concurrency: points.length })
      trial.broke()
    },
  )
}

faultCase(
  {
    fault: 'a start that is slow to be taken back',
    holds: 'what fails meanwhile is not held against other pictures',
  },
  async (trial) => {
    const { gates } = trial
    await trial.startApi()
    await trial.startHookWorker()
    gates.fail({ step: 'put', nth: 1 })
    const owed = gates.fail({ step: 'release', at: 'before' }, LAST_WAIT)
    await trial.upload('ada', await tiny())
    await owed.reached(LAST_WAIT)
    gates.fail({ step: 'get', at: 'before' }, FAILURES)
    await trial.upload('grace', await tiny())
    trial.broke()
  },
)
