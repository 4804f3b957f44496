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
  /** Settings of an app that uses it. */
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

  /** Redis servers through which an upload goes. */
  interface Topology extends Running {
    /** Servers that require a login, with their users in the document. */
    readonly logins: readonly (readonly [user: string, client: Redis])[]
    /** Settings of an app with these users. */
    readonly login: Environment
  }

  async function throughCluster(): Promise<Topology> {
    const cluster = await startRedisCluster(join(dir, 'cluster'), { transport })
    const logins = cluster.nodes.map(({ client }) => ['visage', client] as const)
    return { ...cluster, logins, login: as('visage', cluster.env) }
  }

  async function throughSentinels(): Promise<Topology> {
    const set = await SentinelSet.open(join(dir, 'sentinels'), transport)
    const sentinels = set.sentinels.map(({ client }) => ['visage-asks', client] as const)
    const login = { REDIS_SENTINEL_USER: 'visage-asks', REDIS_SENTINEL_PASSWORD: PASSWORD }
    return {
      env: set.env,
      stop: () => set.stop(),
      logins: [['visage', set.master.client], ...sentinels],
      login: { ...as('visage', set.env), ...login },
    }
  }

  describe('an upload becomes ready over TLS only, with the rights in the document, through', () => {
    const topologies = { 'a Cluster': throughCluster, Sentinels: throughSentinels }

    test.each(Object.entries(topologies))('%s', async (_, open) => {
      const { env, logins, login, stop } = await open()
      const world = await createWorld({ ...inject('servers'), redis: env })
      for (const [user, client] of logins) await makeUser(user, world, client)
      const [api] = await Promise.all([world.startApi(login), world.startWorker(login)])
      const jpeg = await photo({ width: 64, height: 64 })
      const reply = await new Client(api).put(tokenOf(someone()), jpeg, { Prefer: 'wait=20' })
      expect(reply.headers.get('preference-applied')).toBe('wait=20')
      expect(await world.outcome(reply.headers.get('x-upload-id') ?? '')).toBe('ready')
      for (const [, client] of logins) expect(await refusals(client)).toEqual([])
      await world.close()
      await stop()
    })
  })

  /** Returns the error of the first attempt. */
  async function refusal(env: Environment): Promise<string> {
    const redis = connectRedis(readSettings(redisSettings, env), 'producer', 1000, silent)
    const error = await new Promise<Error>((resolve) => redis.once('error', resolve))
    redis.disconnect()
    return error.message
  }

  test('one server is used over TLS only, with certificates on both sides', async () => {
    const redis = connectRedis(readSettings(redisSettings, single.env), 'producer', 1000, silent)
    await waitForRedis(redis, 10_000)
    expect(await isRedisAvailable(redis, 'any')).toBe(true)
    redis.disconnect()
  })

  test('a server with a certificate of an unknown CA is refused', async () => {
    const { REDIS_CA: _, ...env } = single.env
    expect(await refusal(env)).toMatch(/self.signed|unable to (get|verify)/)
  })

  test('a server with a certificate for another name is refused', async () => {
    const env = {
      ...single.env,
      REDIS_URL: `${single.env.REDIS_URL}`.replace('127.0.0.1', 'localhost'),
    }
    expect(await refusal(env)).toMatch(/does not match certificate's altnames/)
  })

  test('a server that requires a client certificate refuses a client without one', async () => {
    const { REDIS_CERT: _, REDIS_KEY: __, ...env } = single.env
    expect(await refusal(env)).toMatch(/certificate required|closed|ECONNRESET/i)
  })
})
