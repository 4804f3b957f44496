import { goOnWithout, promised } from '../support/faults/outage.ts'
import { type PartName, type WayName, ways } from '../support/faults/outage-road.ts'
import { faultSuite } from '../support/faults/suite.ts'

const faultCase = faultSuite()

/** core-outages.test.ts has each of them killed. */
const others = (Object.keys(ways) as WayName[]).filter((way) => way !== 'is killed')

for (const part of Object.keys(promised) as PartName[])
  for (const way of others)
    faultCase(
      { fault: `${promised[part].name} ${way}`, holds: 'the rest goes on, and then all does' },
      (trial) => goOnWithout(part, way, trial),
    )
