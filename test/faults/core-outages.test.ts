import { goOnWithout, promised } from '../support/faults/outage.ts'
import type { PartName } from '../support/faults/outage-road.ts'
import { faultSuite } from '../support/faults/suite.ts'

/** One outage of each server. The outage-*.slow.test.ts files have all others. */
const faultCase = faultSuite()

for (const part of Object.keys(promised) as PartName[])
  faultCase(
    { fault: `${promised[part].name} is killed`, holds: 'the rest goes on, and then all does' },
    (trial) => goOnWithout(part, 'is killed', trial),
  )
