import { inject } from 'vitest'
import { makeWorld, type World } from './world.ts'

export { signToken } from './token.ts'
export { type Environment, JWT_SECRET, type World } from './world.ts'

/** A world of this test's own in the servers of this run. */
export function createWorld(servers = inject('servers')): Promise<World> {
  return makeWorld(servers)
}
