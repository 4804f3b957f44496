import { join } from 'node:path'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis } from '@visage/shared/queue/connection'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Client, someone, tokenOf } from '../support/http.ts'
import { photo } from '../support/photo.ts'
import { startRedisCluster } from '../support/redis/cluster.ts'
import { SentinelSet } from '../support/redis/sentinel.ts'
import { encrypted, type Transport } from '../support/redis/transport.ts'
import { createWorld, type Environment } from '../support/visage.ts'
import { silent } from '../unit/support/log.ts'

interface Running {
  /** The settings that lead to it. */
  readonly env: Environment
  stop(): Promise<void>
}

const dir = temporaryFolder()
let transport: Transport
let single: Running

async function startSingle(): Promise<Running> {
  const server = await startRedis({ dir: join(dir, 'single'), configuration: transport.lines })
  const REDIS_URL = server.url.replace('redis:', 'rediss:')
  return { env: { ...transport.env, REDIS_URL }, stop: () => server.stop() }
}

beforeAll(async () => {
  transport = encrypted(join(dir, 'certificates'))
  single = await startSingle()
})
afterAll(async () => {
  await single.stop()
  removeServersFolder(dir)
})

describe('an upload becomes ready over TLS alone, with certificates on both sides, through', () => {
  const ways = {
    'one server': async () => ({ ...single, stop: async () => {} }),
    'a Cluster': () => startRedisCluster(join(dir, 'cluster'), { transport }),
    Sentinels: () => SentinelSet.open(join(dir, 'sentinels'), transport),
  }

  test.each(Object.entries(ways))('%s', async (_, open) => {
    const redis = await open()
    const world = await createWorld({ ...inject('servers'), redis: redis.env })
    const [api] = await Promise.all([world.startApi(), world.startWorker()])
    const jpeg = await photo({ width: 64, height: 64 })
    const reply = await new Client(api).put(tokenOf(someone()), jpeg, { Prefer: 'wait=20' })
    expect(reply.json).toEqual({ code: 0, msg: '' })
    expect(reply.headers.get('preference-applied')).toBe('wait=20')
    expect(await world.outcome(reply.headers.get('x-upload-id') ?? '')).toBe('ready')
    await world.close()
    await redis.stop()
  })
})

/** Why the first attempt fails. */
async function refusal(env: Environment): Promise<string> {
  const redis = connectRedis(readSettings(redisSettings, env), 'producer', 1000, silent)
  const error = await new Promise<Error>((resolve) => redis.once('error', resolve))
  redis.disconnect()
  return error.message
}

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
