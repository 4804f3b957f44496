import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onPort } from './ports.ts'
import { launch, type Server } from './process.ts'
import { redisProgram } from './redis-program.ts'
import { keptSecret } from './secrets.ts'

export interface RedisSettings {
  readonly dir: string
  readonly port?: number | undefined
  /** Absent: one of its own, which the folder keeps. */
  readonly password?: string
  readonly log?: string
  readonly pidFile?: string
  /** Lines for its configuration that count before ours. */
  readonly configuration?: (port: number) => string
  /** Told what is being done when that takes long: installing Redis. */
  readonly notice?: (what: string) => void
}

export interface Redis extends Server {
  readonly url: string
}

/** Starts Redis with an append-only file and no eviction: what BullMQ needs to keep its jobs. */
export async function startRedis(settings: RedisSettings): Promise<Redis> {
  const command = await redisProgram(settings.notice)
  mkdirSync(settings.dir, { recursive: true, mode: 0o700 })
  const password = settings.password ?? keptSecret(join(settings.dir, 'password'))
  return onPort(settings.port, (port) => serve(settings, { command, password, port }))
}

async function serve(
  { dir, log, pidFile, configuration: more }: RedisSettings,
  { command, password, port }: { command: string; password: string; port: number },
): Promise<Redis> {
  const server = await launch({
    name: 'Redis',
    command,
    // A lone dash has it read its settings from the standard input, where `ps` cannot see them.
    args: ['-'],
    input: configuration(dir, port, password) + (more?.(port) ?? ''),
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
