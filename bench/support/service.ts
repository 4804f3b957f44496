import { type Servers, type ServersSettings, startServers } from '@visage/stack/servers'
import { signToken } from '../../test/support/token.ts'
import { JWT_SECRET, makeWorld, type World } from '../../test/support/world.ts'

/** Runs on real servers of its own, which are gone afterwards. */
export async function onServers<T>(
  run: (world: World, servers: Servers) => Promise<T>,
  settings: ServersSettings = {},
): Promise<T> {
  const servers = await startServers(settings)
  const world = await worldIn(servers)
  try {
    return await run(world, servers)
  } finally {
    await world.close()
    await servers.stop()
  }
}

/** A database, a bucket and keys of its own in these servers. */
export function worldIn({ postgres, redis, s3 }: Servers): Promise<World> {
  return makeWorld({ databaseUrl: postgres.url, redis: { REDIS_URL: redis.url }, s3 })
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
