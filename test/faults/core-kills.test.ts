import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import { expect } from 'vitest'
import { asRevision, asUploadId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { killApi, points, propertyOf } from '../support/faults/kill-api.ts'
import { killWorker } from '../support/faults/kill-worker.ts'
import { poisoned } from '../support/faults/poison.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'

/** One kill of each process. The *.slow.test.ts files cover the others. */
const faultCase = faultSuite()

faultCase(
  { fault: 'worker killed during each step', holds: 'another worker finishes every upload' },
  (trial) => killWorker(trial, 'during'),
)

const accepting = points['between raw PUT and enqueue']
faultCase(
  { fault: 'API killed between raw PUT and enqueue', holds: propertyOf(accepting) },
  (trial) => killApi(trial, accepting),
)

faultCase(
  {
    fault: 'picture that kills its renderer',
    holds: 'quarantine after three crashes, and no other upload or worker fails',
  },
  async (trial) => {
    const { gates, world } = trial
    await trial.startApi()
    const bytes = poisoned(await whole())
    const poison = await trial.upload('mallory', bytes, 'rejected')
    const render = gates.hold({ upload: asRevision(poison), step: 'render', at: 'before' }, 1)
    const beside = gates.hold({ step: 'commit', at: 'before' })
    for (const user of ['ada', 'grace', 'barbara']) await trial.upload(user, await whole())
    const worker = await trial.startSupervisedWorker({ concurrency: 4 })
    await Promise.all([render.reached(), beside.reached(3)])
    trial.startRecovery()
    render.release()

    const verdict = await eventually('the verdict', 30_000, async () => {
      const receipt = await receiptRow(world, poison)
      return receipt?.finished_at && receipt
    })
    expect(verdict).toMatchObject({ state: 'rejected', reason: 'unprocessable' })
    const isGone = async () => (await world.store.get(rawKey(asUploadId(poison)))) === undefined
    await eventually('the acknowledgement', 10_000, isGone)
    expect(await world.store.get(quarantineKey(asUploadId(poison)))).toEqual(bytes)
    beside.release()
    expect(gates.count({ upload: asRevision(poison), step: 'render', at: 'before' })).toBe(3)
    expect(gates.count({ step: 'render', at: 'before' })).toBe(3 + 3)
    await trial.upload('joan', await tiny())
    expect(worker.deaths).toBe(0)
  },
)
