import { expect, test } from 'vitest'
import { createWorld } from '../support/world/use-world.ts'

test('the Redis connection of a new world is ready', async () => {
  const world = await createWorld()
  const { status } = world.redis
  await world.close()
  expect(status).toBe('ready')
})
