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
  /** Stops all three, and removes the folder if it was made here. */
  stop(): Promise<void>
}

export interface ServersSettings {
  /** Absent: a temporary folder. */
  readonly dir?: string
  /** Whether Postgres waits for the disk. Absent: it does not. */
  readonly durable?: boolean
}

/** Starts Postgres, Redis and S3 side by side on free ports; all of them or, on a failure, none. */
export async function startServers({
  dir,
  durable = false,
}: ServersSettings = {}): Promise<Servers> {
  const folder = dir ?? temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const starting = [
    startPostgres({ dir: join(folder, 'postgres'), durable }),
    startRedis({ dir: join(folder, 'redis') }),
    startS3({ dir: join(folder, 's3') }),
  ] as const
  const stop = async () => {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.stop()))
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
