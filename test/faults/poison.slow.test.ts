import { childrenOf } from '@visage/stack/os'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { poisoned } from '../support/faults/poison.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** Like the out-of-memory killer of the kernel. */
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
    trial.startRecovery()
    await load.done
  },
)

faultCase(
  {
    fault: 'several pictures that kill their renderers',
    holds: 'an upload that renders beside each of them is not rejected',
  },
  async (trial) => {
    await trial.startApi()
    const { gates } = trial
    const crash = { step: 'record_crash', at: 'after' } as const
    const worker = await trial.startSupervisedWorker({ concurrency: 2 })
    const beside = gates.hold({ step: 'commit', at: 'before' }, 1)
    await trial.upload('ada', await tiny())
    await beside.reached()
    for (const n of [1, 2, 3])
      await trial.upload(`mallory-${n}`, poisoned(await tiny()), 'rejected')
    trial.times = 3
    trial.startRecovery()
    await eventually('all crashes', 30_000, async () => gates.count(crash) === 9)
    beside.release()
    expect(worker.deaths).toBe(0)
  },
)
