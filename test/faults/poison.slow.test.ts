import { childrenOf } from '@visage/stack/os'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { poisoned } from '../support/faults/poison.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

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
