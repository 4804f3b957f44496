import { afterAll, beforeAll, beforeEach } from 'vitest'
import {
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { testSweepOfMany } from '../support/world/sweep-many.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices

beforeAll(async () => {
  services = await connectServices(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

testSweepOfMany(world, () => services, { lost: 1100, backlog: 300, twice: 250 })
