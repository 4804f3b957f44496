import { join } from 'node:path'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis, isRedisAvailable, waitForRedis } from '@visage/shared/queue/redis-connection'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { silent } from '../support/domain/log.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { startRedisCluster } from '../support/servers/redis/cluster.ts'
import { SentinelSet } from '../support/servers/redis/sentinel.ts'
import { encrypted, type Transport } from '../support/servers/redis/transport.ts'
import { as, makeUser, PASSWORD, refusals } from '../support/servers/redis/users.ts'
import { withProgram } from '../support/servers/with-program.ts'
import { createWorld, type Environment } from '../support/world/use-world.ts'

interface Running {
  /** The settings that lead to it. */
  readonly env: Environment
  stop(): Promise<void>
}

withProgram('OpenSSL', 'a Redis with TLS', (openssl) => {
  const dir = temporaryFolder()
  let transport: Transport
  let single: Running

  async function startSingle(): Promise<Running> {
    const server = await startRedis({ dir: join(dir, 'single'), configuration: transport.lines })
    const REDIS_URL = server.url.replace('redis:', 'rediss:')
    return { env: { ...transport.env, REDIS_URL }, stop: () => server.stop() }
  }

  beforeAll(async () => {
    transport = encrypted(openssl, dir)
    single = await startSingle()
  })
  afterAll(async () => {
    await single.stop()
    removeServersFolder(dir)
  })

  /** A Redis that an upload is sent through. */
  interface Way extends Running {
    /** Those that ask for a login, and which user the document has for them. */
    readonly doors: readonly (readonly [user: string, client: Redis])[]
    /** What leads an app to it as those users. */
    readonly login: Environment
  }

  async function throughCluster(): Promise<Way> {
    const cluster = await startRedisCluster(join(dir, 'cluster'), { transport })
    const doors = cluster.nodes.map(({ client }) => ['visage', client] as const)
    return { ...cluster, doors, login: as('visage', cluster.env) }
  }

  async function throughSentinels(): Promise<Way> {
    const set = await SentinelSet.open(join(dir, 'sentinels'), transport)
    const sentinels = set.sentinels.map(({ client }) => ['visage-asks', client] as const)
    const login = { REDIS_SENTINEL_USER: 'visage-asks', REDIS_SENTINEL_PASSWORD: PASSWORD }
    return {
      env: set.env,
      stop: () => set.stop(),
      doors: [['visage', set.master.client], ...sentinels],
      login: { ...as('visage', set.env), ...login },
    }
  }

  describe('an upload becomes ready over TLS alone, with the rights that the document gives, through', () => {
    const ways = { 'a Cluster': throughCluster, Sentinels: throughSentinels }

    test.each(Object.entries(ways))('%s', async (_, open) => {
      const { env, doors, login, stop } = await open()
      const world = await createWorld({ ...inject('servers'), redis: env })
      for (const [user, client] of doors) await makeUser(user, world, client)
      const [api] = await Promise.all([world.startApi(login), world.startWorker(login)])
      const jpeg = await photo({ width: 64, height: 64 })
      const reply = await new Client(api).put(tokenOf(someone()), jpeg, { Prefer: 'wait=20' })
      expect(reply.headers.get('preference-applied')).toBe('wait=20')
      expect(await world.outcome(reply.headers.get('x-upload-id') ?? '')).toBe('ready')
      for (const [, client] of doors) expect(await refusals(client)).toEqual([])
      await world.close()
      await stop()
    })
  })

  /** Why the first attempt fails. */
  async function refusal(env: Environment): Promise<string> {
    const redis = connectRedis(readSettings(redisSettings, env), 'producer', 1000, silent)
    const error = await new Promise<Error>((resolve) => redis.once('error', resolve))
    redis.disconnect()
    return error.message
  }

  test('one server is reached over TLS alone, with certificates on both sides', async () => {
    const redis = connectRedis(readSettings(redisSettings, single.env), 'producer', 1000, silent)
    await waitForRedis(redis, 10_000)
    expect(await isRedisAvailable(redis, 'any')).toBe(true)
    redis.disconnect()
  })

  test('a server whose certificate nobody vouches for is not spoken to', async () => {
    const { REDIS_CA: _, ...env } = single.env
    expect(await refusal(env)).toMatch(/self.signed|unable to (get|verify)/)
  })

  test('a server whose certificate is for another name is not spoken to', async () => {
    const env = {
      ...single.env,
      REDIS_URL: `${single.env.REDIS_URL}`.replace('127.0.0.1', 'localhost'),
    }
    expect(await refusal(env)).toMatch(/does not match certificate's altnames/)
  })

  test('a server that asks for a certificate does not speak to who has none', async () => {
    const { REDIS_CERT: _, REDIS_KEY: __, ...env } = single.env
    expect(await refusal(env)).toMatch(/certificate required|closed|ECONNRESET/i)
  })
})
