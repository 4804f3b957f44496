import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import { expect } from 'vitest'
import { eventually } from '../support/faults/eventually.ts'
import { tiny, whole } from '../support/faults/pictures.ts'
import { poisoned } from '../support/faults/poison.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { receiptRow } from '../support/state.ts'

const faultCase = faultSuite()

faultCase(
  {
    fault: 'picture that kills its process',
    holds: 'three starts, then quarantine; its neighbours become ready and the worker goes on',
    within: 45_000,
  },
  async (trial) => {
    const { gates, world } = trial
    await trial.startApi()
    const bytes = poisoned(await whole())
    const poison = await trial.upload('mallory', bytes, 'rejected')
    const render = gates.hold({ upload: poison, step: 'render', at: 'before' })
    const beside = gates.hold({ step: 'commit', at: 'before' })
    for (const user of ['ada', 'grace', 'barbara']) await trial.upload(user, await whole())
    const worker = await trial.startSupervisedWorker({ concurrency: 4 })
    await Promise.all([render.reached(), beside.reached(3)])
    beside.release()
    trial.broke()
    render.release()

    const verdict = await eventually('the verdict', 45_000, async () => {
      const receipt = await receiptRow(world, poison)
      return receipt?.finished_at && receipt
    })
    expect(verdict).toMatchObject({ state: 'rejected', reason: 'unprocessable' })
    const isGone = async () => (await world.store.get(rawKey(poison))) === undefined
    await eventually('the acknowledgement', 10_000, isGone)
    expect(await world.store.get(quarantineKey(poison))).toEqual(bytes)
    const starts = (step: 'render' | 'apart') => gates.count({ upload: poison, step, at: 'before' })
    expect({ beside: starts('render'), apart: starts('apart') }).toEqual({ beside: 1, apart: 2 })
    expect(worker.deaths).toBe(1)
    await trial.upload('joan', await tiny())
  },
)

faultCase(
  {
    fault: 'three pictures that kill the worker, one after the other',
    holds: 'whose upload was beside each of them is not given up',
    seconds: 120,
    extended: true,
  },
  async (trial) => {
    await trial.startApi()
    const worker = await trial.startSupervisedWorker({ concurrency: 2 })
    const beside = trial.gates.hold({ step: 'commit', at: 'before' })
    await trial.upload('ada', await tiny())
    for (const n of [1, 2, 3]) {
      await beside.reached(n)
      await trial.upload(`mallory-${n}`, poisoned(await tiny()), 'rejected')
      await eventually('the worker dies', 10_000, async () => worker.deaths === n)
    }
    beside.release()
    trial.times = 3
    trial.broke()
  },
)
