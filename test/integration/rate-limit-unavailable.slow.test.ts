import { join } from 'node:path'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { RestartableServer } from '../support/faults/servers.ts'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

const TIMEOUT = 500
/** Maximum milliseconds of an answer: one timeout of Redis, plus slack for a busy machine. */
const SOON = TIMEOUT + 4000

const dir = temporaryFolder()
let redis: Awaited<ReturnType<typeof open>>
let world: World

const open = () => RestartableServer.open((port) => startRedis({ dir: join(dir, 'redis'), port }))

beforeAll(async () => {
  redis = await open()
  world = await createWorld({ ...inject('servers'), redis: { REDIS_URL: redis.server.url } })
})
afterEach(() => redis.restore())
afterAll(async () => {
  await world.close()
  await redis.stop()
  removeServersFolder(dir)
})

const start = async () => {
  const env = { RATE_LIMIT: '3/1m', RATE_LIMIT_ANONYMOUS: '3/1m', QUEUE_TIMEOUT: `${TIMEOUT}ms` }
  return new Client(await world.startApi(env))
}

async function soon<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await work()
  expect(performance.now() - started).toBeLessThan(SOON)
  return result
}

const outages = { killed: () => redis.kill(), frozen: async () => redis.freeze() }

test.each(['killed', 'frozen'] as const)(
  'with Redis %s each process applies the limits and refuses within the timeout',
  async (outage) => {
    const api = await start()
    const user = tokenOf(someone())
    expect((await api.put(user)).headers.get('ratelimit')).toMatch(/r=2/)
    await outages[outage]()
    for (let times = 0; times < 3; times++) expect((await api.put(user)).json.code).toBe(0)
    for (let times = 0; times < 4; times++)
      expect((await soon(() => api.put(user))).status).toBe(429)
    const login = () => soon(() => api.get(AVATAR, { token: 'no-token' }))
    for (let times = 0; times < 3; times++) expect((await login()).json.code).toBe(401)
    for (let times = 0; times < 2; times++) expect((await login()).status).toBe(429)
  },
)

test('all processes share the counts again after Redis is back', async () => {
  const [api, other] = [await start(), await start()]
  await redis.kill()
  expect((await api.put(tokenOf(someone()))).json.code).toBe(0)
  await redis.start()
  const shared = async () => {
    const user = tokenOf(someone())
    await api.put(user)
    return (await other.put(user)).headers.get('ratelimit')?.includes('r=1')
  }
  await eventually('one count for both', 15_000, shared)
})

test('the limits apply with a full Redis, and after Redis lost its scripts', async () => {
  const api = await start()
  const client = world.redis
  for (const spoil of [
    () => client.config('SET', 'maxmemory', '1'),
    () => client.config('SET', 'maxmemory', '0'),
    () => client.script('FLUSH'),
  ]) {
    await spoil()
    const user = tokenOf(someone())
    for (let times = 0; times < 3; times++) expect((await api.put(user)).json.code).toBe(0)
    expect((await api.put(user)).status).toBe(429)
  }
})
