import { afterAll, beforeAll, expect, test } from 'vitest'
import { RightsGate } from '../support/servers/rights-gate.ts'
import { grantedTo, programs } from '../support/servers/rights-table.ts'
import { doEverything } from '../support/world/everything.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const gates = new Map<string, RightsGate>()

const wayOf = (who: string) => ({ S3_ENDPOINT: `${gates.get(who)?.endpoint}` })

/** Each program comes with a key of its own, which may do what docs/security.md says and nothing else. */
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

test.each(programs)('the rights that docs/security.md grants the %s are enough', (who) => {
  expect([...(gates.get(who)?.refused ?? ['no gate'])]).toEqual([])
})

test.each(programs)('the %s makes use of each of them', (who) => {
  expect([...(gates.get(who)?.used ?? [])].toSorted()).toEqual([...grantedTo(who)].toSorted())
})
