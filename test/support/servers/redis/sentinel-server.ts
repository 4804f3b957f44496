import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onPort } from '@visage/stack/ports'
import { launch, type Server } from '@visage/stack/process'
import { redisProgram } from '@visage/stack/redis-program'
import type { Transport } from './transport.ts'

export interface Watch {
  /** Name of the master. */
  readonly name: string
  /** Port of the master on loopback. */
  readonly port: number
  /** Of the master and its replicas, and of the Sentinels themselves. */
  readonly password: string
  readonly sentinelPassword: string
}

const QUORUM = 2

/** Milliseconds of silence until a Sentinel reports a master as down, and until it retries a failover. */
const DOWN_AFTER = 1000
const FAILOVER = 10_000

/** Starts a Sentinel for the master on a free port of loopback. */
export async function startSentinel(
  dir: string,
  watch: Watch,
  transport: Transport,
): Promise<Server> {
  const command = await redisProgram()
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, 'sentinel.conf')
  return onPort(undefined, async (port) => {
    // The Sentinel writes its state to its configuration file.
    writeFileSync(file, configuration(dir, port, watch) + transport.lines(port), { mode: 0o600 })
    const args = [file, '--sentinel']
    const server = await launch({ name: 'Sentinel', command, args, log: `${dir}.log` })
    await server.ready(server.line(/\+monitor/))
    return { ...server, port }
  })
}

const configuration = (
  dir: string,
  own: number,
  { name, port, password, sentinelPassword }: Watch,
): string => `
bind 127.0.0.1
port ${own}
dir ${JSON.stringify(dir)}
requirepass ${sentinelPassword}
sentinel sentinel-pass ${sentinelPassword}
sentinel monitor ${name} 127.0.0.1 ${port} ${QUORUM}
sentinel auth-pass ${name} ${password}
sentinel down-after-milliseconds ${name} ${DOWN_AFTER}
sentinel failover-timeout ${name} ${FAILOVER}
`
