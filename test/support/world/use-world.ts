import { afterAll, beforeAll, inject } from 'vitest'
import { databaseRoute } from './database-route.ts'
import type { SharedServers } from './global-setup.ts'
import { once } from './once.ts'
import { type Instance, makeWorld, type World, withInstances } from './world.ts'

export { signToken } from '../http/token.ts'
export { type Environment, type Instance, JWT_SECRET, type World } from './world.ts'

export interface WorldSettings {
  /**
   * Uses the world of this Vitest worker, which later test files use as well: `startApi()` and
   * `startWorker()` without settings return its running API and worker. A test uses its own users and
   * asserts nothing about other users.
   */
  readonly shared?: boolean
}

/**
 * Opens a world for the tests of this file or `describe`. It is ready before their own `beforeAll` hooks run. The
 * apps that they start in it stop after them.
 */
export function useWorld({ shared = false }: WorldSettings = {}): World {
  const world = {} as World
  let close = async () => {}
  beforeAll(async () => {
    Object.assign(world, await (shared ? createSharedWorld() : createWorld()))
    close = world.close
  })
  afterAll(() => close())
  return world
}

/** Creates a world in the servers of this run. The caller closes it. `useWorld` closes its own. */
export function createWorld(servers = serversOfThisRun()): Promise<World> {
  return makeWorld(servers, databaseRoute())
}

export function serversOfThisRun(): SharedServers {
  const servers = inject('servers')
  return { ...servers, redis: inject('cluster') ?? servers.redis }
}

/** World of this Vitest worker. Closing it stops only the apps that the caller started with settings. */
export async function createSharedWorld(): Promise<World> {
  const base = await once('world', () => createWorld())
  const own = withInstances(base, async () => {})
  const api = () => once('api', async () => unstoppable(await base.startApi()))
  const worker = () => once('worker', async () => unstoppable(await base.startWorker()))
  return {
    ...own,
    startApi: (env) => (env ? own.startApi(env) : api()),
    startWorker: (env) => (env ? own.startWorker(env) : worker()),
  }
}

/** Fails on `stop`: the next test uses the same app. */
const unstoppable = (instance: Instance): Instance => ({
  ...instance,
  stop: () => Promise.reject(new Error('The shared API and worker are not stopped by a test.')),
})
