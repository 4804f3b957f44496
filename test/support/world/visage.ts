import { inject } from 'vitest'
import type { SharedServers } from './global-setup.ts'
import { makeWorld, type World } from './world.ts'

export { signToken } from '../http/token.ts'
export { type Environment, JWT_SECRET, type World } from './world.ts'

let through: ((url: string) => string) | undefined

/** Has all worlds of this file that are made from now on reach their database by another way. */
export function reachDatabasesThrough(way: (url: string) => string): void {
  through = way
}

/** A world of this test's own in the servers of this run. */
export function createWorld(servers = serversOfThisRun()): Promise<World> {
  return makeWorld(servers, through)
}

function serversOfThisRun(): SharedServers {
  const servers = inject('servers')
  return { ...servers, redis: inject('cluster') ?? servers.redis }
}
