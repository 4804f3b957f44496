import { expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import type { PartName } from '../support/faults/outage-road.ts'
import { nobodyIsBlamed } from '../support/faults/outage-state.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'

const faultCase = faultSuite()

const names = { redis: 'Redis', postgres: 'Postgres', s3: 'object store' } as const
const ends = { 'is restarted': 'stop', 'is killed and started': 'kill' } as const
/** How often, in one case, with uploads going on before, between and after. */
const TIMES = 3
const BETWEEN = 12

for (const part of Object.keys(names) as PartName[])
  for (const [what, end] of Object.entries(ends))
    faultCase(
      { fault: `${names[part]} ${what} under load`, holds: 'nothing is lost, nobody blamed' },
      (trial) => restartUnderLoad(part, end, trial),
    )

async function restartUnderLoad(part: PartName, end: 'stop' | 'kill', trial: Trial): Promise<void> {
  await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
  const load = new Load(trial)
  trial.times = TIMES
  for (let i = 1; i <= TIMES; i++) {
    await load.reached(i * BETWEEN)
    await trial.servers[part][end]()
    await trial.servers[part].start()
    trial.broke()
  }
  await load.done
  await nobodyIsBlamed(trial)
  if (part !== 's3') expect(load.refused).toBe(0)
}
