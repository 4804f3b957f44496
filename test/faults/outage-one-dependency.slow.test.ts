import { expectDegradedService, promises } from '../support/faults/outage.ts'
import { type OutageName, type ServerName, serverOutages } from '../support/faults/outage-server.ts'
import { faultSuite } from '../support/faults/suite.ts'

const faultCase = faultSuite()

/** core-outages.test.ts covers a kill of each server. */
const others = (Object.keys(serverOutages) as OutageName[]).filter(
  (outage) => outage !== 'is killed',
)

for (const server of Object.keys(promises) as ServerName[])
  for (const outage of others)
    faultCase(
      {
        fault: `${promises[server].name} ${outage}`,
        holds: 'requests that do not need it succeed, and all succeed after it',
      },
      (trial) => expectDegradedService(server, outage, trial),
    )
