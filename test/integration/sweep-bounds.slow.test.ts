import { afterAll, beforeAll, beforeEach } from 'vitest'
import { connectParts, empty, type Parts } from '../support/world/maintenance-parts.ts'
import { testSweepOfMany } from '../support/world/sweep-many.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let parts: Parts

beforeAll(async () => {
  parts = await connectParts(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

testSweepOfMany(world, () => parts, { lost: 1100, backlog: 300, twice: 250 })
