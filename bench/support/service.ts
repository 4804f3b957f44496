import { randomBytes } from 'node:crypto'
import { stopAsked } from '@visage/stack/ends'
import { StackError } from '@visage/stack/error'
import { type ServersSettings, startServers, type UsableServers } from '@visage/stack/servers'
import { signToken } from '../../test/support/http/token.ts'
import { JWT_SECRET, makeWorld, type World } from '../../test/support/world/world.ts'
import { stopForked } from './forked.ts'
import { givenServers } from './given.ts'
import type { Report } from './part.ts'

export interface Servers extends UsableServers {
  /** One more database, bucket and prefix in them. */
  anotherWorld(): Promise<World>
}

interface PartSettings extends ServersSettings {
  /** A part that does so is refused where Redis is given. */
  readonly flushesRedis?: boolean
}

const NAMES = { postgres: 'Postgres', redis: 'Redis', s3: 'S3' }

/**
 * Runs on real servers: those that the environment names, and others of its own, which are gone afterwards. What
 * a part makes in the given ones is told to whoever started this process, who removes it once the process has ended.
 */
export async function onServers(
  run: (world: World, servers: Servers) => Promise<Report>,
  { flushesRedis = false, ...settings }: PartSettings = {},
): Promise<Report> {
  const given = await givenServers(process.env)
  if (given.redis && flushesRedis)
    throw new StackError('This part flushes Redis: it runs only where REDIS_URL is not set.')
  const { stop, ...servers } = await startServers(settings, given)
  const worlds: Promise<World>[] = []
  const anotherWorld = () => {
    const world = worldIn(servers)
    worlds.push(world)
    return world
  }
  const part = async () => run(await anotherWorld(), { ...servers, anotherWorld })
  try {
    const report = await Promise.race([part(), trouble()])
    return { ...report, given: Object.keys(given).map((key) => NAMES[key as keyof typeof NAMES]) }
  } finally {
    await stopForked()
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

/** Rejects where the part is interrupted, or something fails that nothing waits for. */
function trouble(): Promise<never> {
  return new Promise((_, reject) => {
    process.on('unhandledRejection', reject)
    process.on('uncaughtException', reject)
    stopAsked(() => reject(new StackError('The part was interrupted.')))
  })
}

export const bearer = (user: string) => ({ Authorization: `Bearer ${signToken(JWT_SECRET, user)}` })

/** @returns the upload's id  @throws where it is not accepted */
export async function upload(port: number, user: string, picture: Buffer): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/user/setting/avatar`, {
    method: 'PUT',
    headers: bearer(user),
    body: picture,
  })
  const { code } = (await answer.json()) as { code: number }
  if (code !== 0) throw new Error(`an upload was answered with ${code}`)
  return answer.headers.get('X-Upload-Id') ?? ''
}
