import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import { childrenOf } from '@visage/stack/os'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { poisoned } from '../support/faults/poison.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'

const faultCase = faultSuite()

faultCase(
  {
    fault: 'picture that kills its renderer',
    holds: 'three starts, then quarantine; nobody beside it notices, nor does the worker',
  },
  async (trial) => {
    const { gates, world } = trial
    await trial.startApi()
    const bytes = poisoned(await whole())
    const poison = await trial.upload('mallory', bytes, 'rejected')
    const render = gates.hold({ upload: poison, step: 'render', at: 'before' }, 1)
    const beside = gates.hold({ step: 'commit', at: 'before' })
    for (const user of ['ada', 'grace', 'barbara']) await trial.upload(user, await whole())
    const worker = await trial.startSupervisedWorker({ concurrency: 4 })
    await Promise.all([render.reached(), beside.reached(3)])
    trial.broke()
    render.release()

    const verdict = await eventually('the verdict', 30_000, async () => {
      const receipt = await receiptRow(world, poison)
      return receipt?.finished_at && receipt
    })
    expect(verdict).toMatchObject({ state: 'rejected', reason: 'unprocessable' })
    const isGone = async () => (await world.store.get(rawKey(poison))) === undefined
    await eventually('the acknowledgement', 10_000, isGone)
    expect(await world.store.get(quarantineKey(poison))).toEqual(bytes)
    beside.release()
    expect(gates.count({ upload: poison, step: 'render', at: 'before' })).toBe(3)
    expect(gates.count({ step: 'render', at: 'before' })).toBe(3 + 3)
    await trial.upload('joan', await tiny())
    expect(worker.deaths).toBe(0)
  },
)

/** As the kernel does where memory runs out. */
faultCase(
  { fault: 'renderers killed under load', holds: 'their pictures are rendered again' },
  async (trial) => {
    await trial.startApi()
    const worker = await trial.startWorker()
    const load = new Load(trial)
    trial.times = 3
    for (let i = 1; i <= trial.times; i++) {
      await load.reached(i * 12)
      for (const renderer of childrenOf(worker.pid)) process.kill(renderer, 'SIGKILL')
    }
    trial.broke()
    await load.done
  },
)

faultCase(
  {
    fault: 'pictures that kill their renderers, one after the other',
    holds: 'whose upload was beside each of them is not given up',
    extended: true,
  },
  async (trial) => {
    await trial.startApi()
    const { gates } = trial
    const crash = { step: 'blame', at: 'after' } as const
    const worker = await trial.startSupervisedWorker({ concurrency: 2 })
    const beside = gates.hold({ step: 'commit', at: 'before' }, 1)
    await trial.upload('ada', await tiny())
    await beside.reached()
    for (const n of [1, 2, 3])
      await trial.upload(`mallory-${n}`, poisoned(await tiny()), 'rejected')
    trial.times = 3
    trial.broke()
    await eventually('all crashes', 30_000, async () => gates.count(crash) === 9)
    beside.release()
    expect(worker.deaths).toBe(0)
  },
)
