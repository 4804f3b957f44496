import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Redis, startRedis } from './redis.ts'
import { type S3, startS3 } from './s3.ts'
import { removeServersFolder, temporaryFolder } from './temporary.ts'

export interface Servers {
  readonly dir: string
  readonly postgres: Postgres
  readonly redis: Redis
  readonly s3: S3
  /** Stops the servers that `startServers` started, and removes the folder if it was temporary. */
  stop(): Promise<void>
}

/** The fields that a client of a server needs. An external server has no `pid`. */
type Usable<Server, Use extends keyof Server> = Pick<Server, Use> & { readonly pid?: number }

export interface UsableServers {
  readonly postgres: Usable<Postgres, 'url'>
  readonly redis: Usable<Redis, 'url'>
  readonly s3: Usable<S3, 'endpoint' | 'accessKey' | 'secretKey' | 'region'>
}

/** Servers that run already, which `startServers` uses instead of starting its own. */
export type ExternalServers = Partial<UsableServers>

export interface ServersSettings {
  /** Default: a temporary folder. */
  readonly dir?: string
  /** Whether Postgres uses `fsync`. Default: false. */
  readonly durable?: boolean
}

/**
 * Starts Postgres, Redis and S3 in parallel on free ports, except for those in `external`. If one fails to start, stops the
 * others.
 */
export function startServers(settings?: ServersSettings): Promise<Servers>
export function startServers(
  settings: ServersSettings,
  external: ExternalServers,
): Promise<UsableServers & Pick<Servers, 'dir' | 'stop'>>
export async function startServers(
  { dir, durable = false }: ServersSettings = {},
  external: ExternalServers = {},
) {
  const folder = dir ?? temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const starting = [
    external.postgres ?? startPostgres({ dir: join(folder, 'postgres'), durable }),
    external.redis ?? startRedis({ dir: join(folder, 'redis') }),
    external.s3 ?? startS3({ dir: join(folder, 's3') }),
  ] as const
  const stop = async () => {
    const started = await Promise.allSettled(starting)
    const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    await Promise.all(running.map((server) => 'stop' in server && server.stop()))
    if (!dir) removeServersFolder(folder)
  }
  try {
    const [postgres, redis, s3] = await Promise.all(starting)
    return { dir: folder, postgres, redis, s3, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
