import { randomBytes } from 'node:crypto'
import { StackError } from '@visage/stack/error'
import { type ServersSettings, startServers, type UsableServers } from '@visage/stack/servers'
import { waitForStopSignal } from '@visage/stack/supervision'
import { signToken } from '../../test/support/http/token.ts'
import { JWT_SECRET, makeWorld, type World } from '../../test/support/world/world.ts'
import { readExternalServers } from './external-servers.ts'
import { stopForkedServers } from './forked-server.ts'
import type { Report } from './part.ts'

export interface Servers extends UsableServers {
  /** Creates one more world: a database, a bucket and a key prefix on the same servers. */
  anotherWorld(): Promise<World>
}

interface PartSettings extends ServersSettings {
  /** Whether the part flushes Redis. Such a part does not run on an external Redis. */
  readonly flushesRedis?: boolean
}

const NAMES = { postgres: 'Postgres', redis: 'Redis', s3: 'S3' }

/**
 * Runs a part on real servers: external ones from the environment, and new ones for the rest, which it stops at the end. It
 * sends the names of the worlds to the parent process, which removes them from external servers after this process exits.
 */
export async function onServers(
  run: (world: World, servers: Servers) => Promise<Report>,
  { flushesRedis = false, ...settings }: PartSettings = {},
): Promise<Report> {
  const external = await readExternalServers(process.env)
  if (external.redis && flushesRedis)
    throw new StackError('This part flushes Redis. It runs only if REDIS_URL is not set.')
  const { stop, ...servers } = await startServers(settings, external)
  const worlds: Promise<World>[] = []
  const anotherWorld = () => {
    const world = worldIn(servers)
    worlds.push(world)
    return world
  }
  const part = async () => run(await anotherWorld(), { ...servers, anotherWorld })
  try {
    const report = await Promise.race([part(), failure()])
    const names = Object.keys(external).map((key) => NAMES[key as keyof typeof NAMES])
    return { ...report, externalServers: names }
  } finally {
    await stopForkedServers()
    await Promise.allSettled(worlds.map(async (world) => (await world).close()))
    await stop()
  }
}

function worldIn({ postgres, redis, s3 }: UsableServers): Promise<World> {
  const name = `bench${randomBytes(6).toString('hex')}`
  process.send?.(name)
  const servers = { databaseUrl: postgres.url, redis: { REDIS_URL: redis.url }, s3 }
  return makeWorld(servers, undefined, name)
}

/** Rejects on an interruption, an uncaught exception or an unhandled rejection. */
function failure(): Promise<never> {
  return new Promise((_, reject) => {
    process.on('unhandledRejection', reject)
    process.on('uncaughtException', reject)
    waitForStopSignal(() => reject(new StackError('The part was interrupted.')))
  })
}

export const bearer = (user: string) => ({ Authorization: `Bearer ${signToken(JWT_SECRET, user)}` })

/** @returns the upload ID  @throws if the upload is not accepted */
export async function upload(port: number, user: string, picture: Buffer): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/user/setting/avatar`, {
    method: 'PUT',
    headers: bearer(user),
    body: picture,
  })
  const { code } = (await answer.json()) as { code: number }
  if (code !== 0) throw new Error(`An upload failed with code ${code}`)
  return answer.headers.get('X-Upload-Id') ?? ''
}
