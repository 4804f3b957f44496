import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { AVATAR, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysInRedis, removeFromRedis } from '../support/servers/redis/keys.ts'
import { stateOf } from '../support/world/state.ts'
import { type Environment, useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 64, height: 64 })
})

const start = async (env: Environment) => new Client(await world.startApi(env))
const limitKeys = () => keysInRedis(world, ':limit:*')

function expectTooMany({ status, json, headers }: Reply, what = 'uploads'): void {
  expect(status).toBe(429)
  expect(json).toMatchObject({ code: 429, correlation_id: expect.any(String) })
  expect(json.msg).toMatch(
    new RegExp(`^Too many ${what}; try again in \\d+ (second|minute|hour)s?$`),
  )
  expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
}

describe('a user', () => {
  let api: Client
  beforeAll(async () => {
    api = await start({ RATE_LIMIT: '3/1m,4/1d' })
  })

  /** Uses up the user's requests of one minute. */
  async function spend(user: string): Promise<void> {
    for (let i = 0; i < 3; i++) expect((await api.put(tokenOf(user), jpeg)).json.code).toBe(0)
  }

  it('gets as many changes as the limit, with the remaining number, and is then refused', async () => {
    const user = someone()
    for (const left of [2, 1, 0]) {
      const reply = await api.put(tokenOf(user), jpeg)
      expect(reply.json).toEqual({ code: 0, msg: '' })
      expect(reply.headers.get('ratelimit-policy')).toBe(
        '"uploads-1m";q=3;w=60, "uploads-1d";q=4;w=86400',
      )
      expect(reply.headers.get('ratelimit')).toMatch(
        new RegExp(`^"uploads-1m";r=${left};t=\\d+, "uploads-1d";r=${left + 1};t=\\d+$`),
      )
      expect(reply.headers.get('retry-after')).toBeNull()
    }
    const before = await stateOf(world, user)
    const reply = await api.put(tokenOf(user), jpeg)
    expectTooMany(reply)
    expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(reply.headers.get('ratelimit')).toMatch(/^"uploads-1m";r=0;t=\d+$/)
    expect(await stateOf(world, user)).toEqual(before)
  })

  it('shares the limit between uploads, changes without a body and refused bodies', async () => {
    const user = someone()
    expect((await api.put(tokenOf(user))).json.code).toBe(0)
    expect((await api.put(tokenOf(user), Buffer.from('no picture'))).json.code).toBe(40050)
    expect((await api.ask('PUT', `${AVATAR}?crop=x`, { token: tokenOf(user) })).json.code).toBe(
      40001,
    )
    expectTooMany(await api.put(tokenOf(user)))
  })

  it('over the limit is refused before the body is requested or read', async () => {
    const user = someone()
    await spend(user)
    const connection = await RawConnection.open(api.port)
    await connection.write(
      putHead(tokenOf(user), 'Content-Length: 1000000', 'Expect: 100-continue'),
    )
    expectTooMany(await connection.putReply())
    connection.close()
  })

  it('has a limit of its own, even with a similar user ID', async () => {
    const name = someone()
    const others = [`${name}:1m`, `${name}*`, `${name}{}`, `${name}\u0301`, name.toUpperCase()]
    await spend(name)
    for (const user of others) expect((await api.put(tokenOf(user), jpeg)).json.code).toBe(0)
    expectTooMany(await api.put(tokenOf(name), jpeg))
  })

  it('over the limit can still read', async () => {
    const user = someone()
    await spend(user)
    const reply = await api.get(AVATAR, { token: tokenOf(user) })
    expect(reply.json.code).toBe(0)
    expect(reply.headers.get('ratelimit')).toBeNull()
  })

  it('shares the limit between all API processes', async () => {
    const other = await start({ RATE_LIMIT: '3/1m,4/1d' })
    const user = someone()
    for (const one of [api, other, api])
      expect((await one.put(tokenOf(user), jpeg)).json.code).toBe(0)
    for (const one of [other, api]) expectTooMany(await one.put(tokenOf(user), jpeg))
  })

  it('is stored in Redis as a hash until the window ends, and lost counts allow new requests', async () => {
    const user = 'somebody-in-particular'
    await removeFromRedis(world, await limitKeys())
    await spend(user)
    const keys = await limitKeys()
    expect(keys.length).toBe(2)
    expect(keys.join()).not.toContain(user)
    const lifetimes = await Promise.all(keys.map((key) => world.redis.ttl(key)))
    expect(Math.min(...lifetimes)).toBeLessThanOrEqual(60)
    expect(Math.min(...lifetimes)).toBeGreaterThan(0)
    await removeFromRedis(world, keys)
    expect((await api.put(tokenOf(user), jpeg)).json.code).toBe(0)
  })

  it('over the limit is counted in the metrics', async () => {
    const refused = await world.startApi({ RATE_LIMIT: '1/1m' })
    const token = tokenOf(someone())
    await new Client(refused).put(token)
    await new Client(refused).put(token)
    const { ops } = refused.ports
    expect(await metric(ops, 'visage_refused_rate_total', { limit: 'uploads' })).toBe(1)
    expect(await metric(ops, 'visage_rate_limit_fallbacks_total')).toBe(0)
  })
})

it('a refused request does not count in a longer window', async () => {
  const api = await start({ RATE_LIMIT: '2/1s,4/1d' })
  const token = tokenOf(someone())
  const accepted = async () => (await api.put(token)).json.code === 0
  for (let times = 0; times < 4; times++) await eventually('the next window', 10_000, accepted)
  const reply = await eventually<Reply>('the end of the day', 10_000, async () => {
    const reply = await api.put(token)
    expectTooMany(reply)
    return Number(reply.headers.get('retry-after')) > 2 && reply
  })
  expect(reply.headers.get('ratelimit')).toMatch(/"uploads-1d";r=0;t=\d{5}$/)
  expect(reply.json.msg).toBe('Too many uploads; try again in 24 hours')
})

it('RATE_LIMIT=off limits no user', async () => {
  const api = await start({ RATE_LIMIT: 'off' })
  const token = tokenOf(someone())
  for (let i = 0; i < 12; i++) {
    const reply = await api.put(token)
    expect(reply.json.code).toBe(0)
    expect(reply.headers.get('ratelimit')).toBeNull()
  }
})
