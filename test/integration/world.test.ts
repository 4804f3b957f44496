import { expect, test } from 'vitest'
import { createWorld } from '../support/world/use-world.ts'

test('a world is handed out with its connection to Redis ready, as queues refuse one that is not', async () => {
  const world = await createWorld()
  const { status } = world.redis
  await world.close()
  expect(status).toBe('ready')
})
