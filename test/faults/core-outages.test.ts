import { expectDegradedService, promises } from '../support/faults/outage.ts'
import type { ServerName } from '../support/faults/outage-server.ts'
import { faultSuite } from '../support/faults/suite.ts'

/** One outage of each server. The outage-*.slow.test.ts files cover the others. */
const faultCase = faultSuite()

for (const server of Object.keys(promises) as ServerName[])
  faultCase(
    {
      fault: `${promises[server].name} is killed`,
      holds: 'requests that do not need it succeed, and all succeed after it',
    },
    (trial) => expectDegradedService(server, 'is killed', trial),
  )
