import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onPort } from './ports.ts'
import { launch, type Server } from './process.ts'
import { redisProgram } from './redis-program.ts'
import { readOrCreateSecret } from './secrets.ts'

export interface RedisSettings {
  readonly dir: string
  readonly port?: number | undefined
  /** Default: a random password, stored in the folder. */
  readonly password?: string
  readonly log?: string
  readonly pidFile?: string
  /** Additional configuration lines. They override the default ones. */
  readonly configuration?: (port: number) => string
  /** Called before a slow step (the installation of Redis) with a description of it. */
  readonly notice?: (what: string) => void
}

export interface Redis extends Server {
  readonly url: string
}

/** Starts Redis with an append-only file and without eviction, because BullMQ must not lose jobs. */
export async function startRedis(settings: RedisSettings): Promise<Redis> {
  const command = await redisProgram(settings.notice)
  mkdirSync(settings.dir, { recursive: true, mode: 0o700 })
  const password = settings.password ?? readOrCreateSecret(join(settings.dir, 'password'))
  return onPort(settings.port, (port) => serve(settings, { command, password, port }))
}

async function serve(
  { dir, log, pidFile, configuration: extraLines }: RedisSettings,
  { command, password, port }: { command: string; password: string; port: number },
): Promise<Redis> {
  const server = await launch({
    name: 'Redis',
    command,
    // With `-`, Redis reads its configuration from standard input. `ps` would show arguments, and so the password.
    args: ['-'],
    input: configuration(dir, port, password) + (extraLines?.(port) ?? ''),
    log: log ?? `${dir}.log`,
    pidFile,
  })
  await server.ready(server.line(/Ready to accept connections/i))
  return { ...server, port, url: `redis://:${password}@127.0.0.1:${port}` }
}

const configuration = (dir: string, port: number, password: string): string => `
bind 127.0.0.1
port ${port}
requirepass ${password}
dir ${JSON.stringify(dir)}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
`
