import type { TcpProxy } from '../servers/tcp-proxy.ts'
import type { Environment } from '../world/world.ts'
import type { Part } from './servers.ts'
import type { Trial } from './trial.ts'

export type PartName = 'redis' | 'postgres' | 's3'

/** A server, and the proxy through which the apps get to it; `env` makes an app go that way. */
export interface Road {
  readonly part: Part
  readonly proxy: TcpProxy
  readonly env: Environment
}

/** A way in which a server can be away, and how it comes back. */
export interface Way {
  away(road: Road): unknown
  back(road: Road): unknown
  /** Whether what it is asked meanwhile is never done; a frozen one does it once it has thawed. */
  readonly forgets: boolean
}

export type WayName = 'is killed' | 'is frozen' | 'is cut off'

export const ways: Readonly<Record<WayName, Way>> = {
  'is killed': {
    away: ({ part }) => part.kill(),
    back: ({ part }) => part.start(),
    forgets: true,
  },
  'is frozen': {
    away: ({ part }) => part.freeze(),
    back: ({ part }) => part.thaw(),
    forgets: false,
  },
  'is cut off': {
    away: ({ proxy }) => proxy.reset(),
    back: ({ proxy }) => proxy.pass(),
    forgets: true,
  },
}

export async function roadTo(name: PartName, trial: Trial): Promise<Road> {
  const { proxy, env } = await trial.link(name)
  return { part: trial.servers[name], proxy, env }
}
