import { type ServersSettings, startServers } from '@visage/stack/servers'
import { signToken } from '../../test/support/token.ts'
import { JWT_SECRET, makeWorld, type World } from '../../test/support/world.ts'

/** Runs on real servers of its own, which are gone afterwards. */
export async function onServers<T>(
  run: (world: World) => Promise<T>,
  settings: ServersSettings = {},
): Promise<T> {
  const servers = await startServers(settings)
  const world = await makeWorld({
    databaseUrl: servers.postgres.url,
    redisUrl: servers.redis.url,
    s3: servers.s3,
  })
  try {
    return await run(world)
  } finally {
    await world.close()
    await servers.stop()
  }
}

/** @returns the upload's id  @throws where it is not accepted */
export async function upload(port: number, user: string, picture: Buffer): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/user/setting/avatar`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${signToken(JWT_SECRET, user)}` },
    body: picture,
  })
  const { code } = (await answer.json()) as { code: number }
  if (code !== 0) throw new Error(`an upload was answered with ${code}`)
  return answer.headers.get('X-Upload-Id') ?? ''
}
