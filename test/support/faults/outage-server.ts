import type { TcpProxy } from '../servers/tcp-proxy.ts'
import type { Environment } from '../world/world.ts'
import type { RestartableServer } from './servers.ts'
import type { Trial } from './trial.ts'

export type ServerName = 'redis' | 'postgres' | 's3'

/** Server and the proxy in front of it. `env` makes an app connect through the proxy. */
export interface ProxiedServer {
  readonly server: RestartableServer
  readonly proxy: TcpProxy
  readonly env: Environment
}

/** One kind of outage: how it begins and how it ends. */
export interface ServerOutage {
  begin(proxied: ProxiedServer): unknown
  end(proxied: ProxiedServer): unknown
  /** Whether the server never performs the requests sent during the outage. A frozen server performs them later. */
  readonly dropsRequests: boolean
}

export type OutageName = 'is killed' | 'is frozen' | 'is cut off'

export const serverOutages: Readonly<Record<OutageName, ServerOutage>> = {
  'is killed': {
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.start(),
    dropsRequests: true,
  },
  'is frozen': {
    begin: ({ server }) => server.freeze(),
    end: ({ server }) => server.thaw(),
    dropsRequests: false,
  },
  'is cut off': {
    begin: ({ proxy }) => proxy.reset(),
    end: ({ proxy }) => proxy.pass(),
    dropsRequests: true,
  },
}

/** Opens a proxy in front of this server of the trial. */
export async function proxyServer(name: ServerName, trial: Trial): Promise<ProxiedServer> {
  const { proxy, env } = await trial.link(name)
  return { server: trial.servers[name], proxy, env }
}
