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
  /** Stops those that were started here, and removes the folder if it was made here. */
  stop(): Promise<void>
}

/** What it takes to use a server; without a process it is not one of ours. */
type Usable<Server, Use extends keyof Server> = Pick<Server, Use> & { readonly pid?: number }

export interface UsableServers {
  readonly postgres: Usable<Postgres, 'url'>
  readonly redis: Usable<Redis, 'url'>
  readonly s3: Usable<S3, 'endpoint' | 'accessKey' | 'secretKey' | 'region'>
}

/** Servers that are there already. */
export type GivenServers = Partial<UsableServers>

export interface ServersSettings {
  /** Absent: a temporary folder. */
  readonly dir?: string
  /** Whether Postgres waits for the disk. Absent: it does not. */
  readonly durable?: boolean
}

/**
 * Starts those of Postgres, Redis and S3 that are not given, side by side on free ports; all of them or, on a
 * failure, none.
 */
export function startServers(settings?: ServersSettings): Promise<Servers>
export function startServers(
  settings: ServersSettings,
  given: GivenServers,
): Promise<UsableServers & Pick<Servers, 'dir' | 'stop'>>
export async function startServers(
  { dir, durable = false }: ServersSettings = {},
  given: GivenServers = {},
) {
  const folder = dir ?? temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const starting = [
    given.postgres ?? startPostgres({ dir: join(folder, 'postgres'), durable }),
    given.redis ?? startRedis({ dir: join(folder, 'redis') }),
    given.s3 ?? startS3({ dir: join(folder, 's3') }),
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
