import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import type { Hold } from '../support/faults/hold.ts'
import { shuffled } from '../support/faults/shuffle.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import type { Visit } from '../support/faults/visits.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()

/** Number of orders in which the uploads of a user are released. Each order has a user of its own. */
const ORDERS = 4

for (const n of [2, 50]) {
  faultCase(
    { fault: `${n} uploads of one user at once`, holds: 'the newest wins, in any order' },
    async (trial) => {
      await trial.startApi()
      // No worker dies in this case, and a busy machine must not lose a lock and deliver a job twice.
      const env = { JOB_LOCK: '2m' }
      await trial.startHookWorker({ concurrency: n, renderOnce: true, env })
      trial.times = ORDERS
      for (let order = 0; order < ORDERS; order++) await finishInOrder(trial, n, order)
    },
  )
}

/**
 * Stops all uploads at `commit` (first half of the orders) or at `begin`, then releases them in a shuffled order. In odd
 * orders each upload ends before the next one continues.
 */
async function finishInOrder(trial: Trial, n: number, order: number): Promise<void> {
  const start = trial.gates.hold({ step: order < ORDERS / 2 ? 'commit' : 'begin', at: 'before' })
  const end = trial.gates.hold({ step: 'remove', at: 'after' })
  const picture = await tiny(order + 1)
  const all = Array.from({ length: n }, () => trial.upload(`user-${order}`, picture))
  const uploads = shuffled(await Promise.all(all), order)
  await start.reached(n)
  trial.startRecovery()
  for (const [i, upload] of uploads.entries()) {
    start.releaseOnly({ upload: asRevision(upload) })
    if (order % 2 === 1) await end.reached(i + 1)
  }
  await end.reached(n)
  start.release()
  end.release()
}

/** Stage of an upload at which its user makes another change. */
const stages: readonly Partial<Visit>[] = [
  { step: 'begin', at: 'before' },
  { step: 'begin', at: 'after' },
  { step: 'render', at: 'during' },
  { step: 'publish', nth: 3, at: 'after' },
  { step: 'commit', at: 'before' },
  { step: 'commit', at: 'after' },
  { step: 'remove', at: 'after' },
]

const userOf = (stage: Partial<Visit>) => `${stage.at}-${stage.step}`

faultCase(
  { fault: 'reset to Gravatar during an upload', holds: 'the reset wins at every step' },
  async (trial) => {
    const holds = await stopAtStages(trial)
    for (const stage of stages) await trial.reset(userOf(stage))
    trial.startRecovery()
    for (const hold of holds) hold.release()
  },
)

faultCase(
  {
    fault: 'reset and another upload during an upload',
    holds: 'the later upload wins although it ends first',
  },
  async (trial) => {
    const holds = await stopAtStages(trial)
    for (const stage of stages) {
      await trial.reset(userOf(stage))
      const later = await trial.upload(userOf(stage), await tiny())
      await eventually(`the later upload of ${userOf(stage)} is shown`, 10_000, async () => {
        return (await pictureRow(trial.world, userOf(stage)))?.revision === later
      })
    }
    trial.startRecovery()
    for (const hold of holds) hold.release()
  },
)

/** Accepts one upload for each stage and stops it there. */
async function stopAtStages(trial: Trial): Promise<Hold[]> {
  trial.times = stages.length
  await trial.startApi()
  const holds: Hold[] = []
  for (const stage of stages) {
    const upload = await trial.upload(userOf(stage), await whole())
    holds.push(trial.gates.hold({ ...stage, upload: asRevision(upload) }))
  }
  await trial.startHookWorker({ concurrency: stages.length + 1 })
  await Promise.all(holds.map((hold) => hold.reached()))
  return holds
}
