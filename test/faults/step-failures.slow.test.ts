import { acceptEach, points } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** Number of failures, above the limit of crashes. */
const FAILURES = 4

/** Number of failures in a row after which the retry delay has its maximum. */
const LAST_WAIT = 8

for (const at of ['before', 'after'] as const) {
  faultCase(
    {
      fault: `each step fails ${FAILURES} times, ${at} its work`,
      holds: 'the job is retried, and the picture is not rejected',
    },
    async (trial) => {
      await trial.startApi()
      for (const visit of await acceptEach(trial)) trial.gates.fail({ ...visit, at }, FAILURES)
      trial.times = points.length * FAILURES
      await trial.startHookWorker({ concurrency: points.length })
      trial.startRecovery()
    },
  )
}

faultCase(
  {
    fault: 'slow record of the end of an attempt',
    holds: 'failures meanwhile do not reject other pictures',
  },
  async (trial) => {
    const { gates } = trial
    await trial.startApi()
    await trial.startHookWorker()
    gates.fail({ step: 'publish', nth: 1 })
    const pending = gates.fail({ step: 'record_attempt_end', at: 'before' }, LAST_WAIT)
    await trial.upload('ada', await tiny())
    await pending.reached(LAST_WAIT)
    gates.fail({ step: 'fetch', at: 'before' }, FAILURES)
    await trial.upload('grace', await tiny())
    trial.startRecovery()
  },
)
