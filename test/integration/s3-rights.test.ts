import { afterAll, beforeAll, expect, test } from 'vitest'
import { RightsGate } from '../support/servers/rights-gate.ts'
import { grantedTo, programs } from '../support/servers/rights-table.ts'
import { doEverything } from '../support/world/everything.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const gates = new Map<string, RightsGate>()

const wayOf = (who: string) => ({ S3_ENDPOINT: `${gates.get(who)?.endpoint}` })

/** Gives each program a key with only the rights in docs/security.md. */
beforeAll(async () => {
  for (const who of programs)
    gates.set(who, await RightsGate.open(`${world.env.S3_ENDPOINT}`, grantedTo(who)))
  await doEverything(world, {
    api: wayOf('API'),
    worker: wayOf('worker'),
    audit: wayOf('audit'),
  })
})
afterAll(async () => {
  for (const gate of gates.values()) await gate.close()
})

test.each(programs)('the rights in docs/security.md suffice for the %s', (who) => {
  expect([...(gates.get(who)?.refused ?? ['no gate'])]).toEqual([])
})

test.each(programs)('the %s uses every right in docs/security.md', (who) => {
  expect([...(gates.get(who)?.used ?? [])].toSorted()).toEqual([...grantedTo(who)].toSorted())
})
