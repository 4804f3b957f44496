import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AVATAR, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { keysInRedis, removeFromRedis } from '../support/servers/redis/keys.ts'
import { type Environment, useWorld } from '../support/world/use-world.ts'

const world = useWorld()

/** Deletes the counts of 127.0.0.1, from which every test sends. Each test also starts a process with an empty cache. */
beforeEach(async () => removeFromRedis(world, await keysInRedis(world, ':limit:*')))

const start = async (env: Environment) =>
  new Client(await world.startApi({ RATE_LIMIT_ANONYMOUS: '3/1m', ...env }))

/** Sends a request without a valid token and with this header of a proxy. */
async function fail(api: Client, ...forwarded: string[]): Promise<number> {
  const headers = forwarded.length > 0 ? { 'X-Forwarded-For': forwarded.join(', ') } : {}
  return (await api.get(AVATAR, { token: 'no-token', headers })).json.code
}

async function expectRefused(api: Client, ...forwarded: string[]): Promise<void> {
  for (let i = 0; i < 3; i++) expect(await fail(api, ...forwarded)).toBe(401)
  for (let i = 0; i < 2; i++) expect(await fail(api, ...forwarded)).toBe(429)
}

describe('an address that sends invalid tokens', () => {
  it('is refused with Retry-After above the limit, on every route that needs a token', async () => {
    const api = await start({})
    await expectRefused(api)
    const replies: Reply[] = [
      await api.put('no-token', Buffer.from('some body')),
      await api.put(tokenOf(someone(), { token_type: 'refresh' })),
      await api.get(AVATAR),
      await api.get(`${AVATAR}/uploads/none`),
    ]
    for (const { status, json, headers } of replies) {
      expect(status).toBe(429)
      expect(json.msg).toMatch(/^Too many failed logins; try again in \d+ seconds?$/)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
      expect(headers.get('ratelimit-policy')).toBe('"anonymous-1m";q=3;w=60')
      expect(headers.get('ratelimit')).toMatch(/^"anonymous-1m";r=0;t=\d+$/)
    }
  })

  it('is refused by every API process', async () => {
    await expectRefused(await start({}))
    expect(await fail(await start({}))).toBe(429)
  })

  it('does not block valid tokens or picture requests', async () => {
    const api = await start({})
    await expectRefused(api)
    expect((await api.put(tokenOf(someone()))).json.code).toBe(0)
    expect((await api.get('/user/avatar/nobody')).status).toBe(404)
    const scopes = { client_id: 'app', scopes: ['Other'] }
    expect((await api.get(AVATAR, { token: tokenOf(someone(), scopes) })).json.code).toBe(40089)
  })

  it('cannot pose as another address by a header', async () => {
    const api = await start({})
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      expect(await fail(api, address)).toBe(401)
    expect(await fail(api, '192.0.2.4')).toBe(429)
  })
})

describe('behind a trusted proxy', () => {
  let api: Client
  beforeAll(async () => {
    api = await start({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, fd00::/8' })
  })

  it('each client has its own limit', async () => {
    await expectRefused(api, '192.0.2.1')
    await expectRefused(api, '192.0.2.2')
  })

  it('a client cannot forge its address in front of the entries of the proxies', async () => {
    for (const invented of ['198.51.100.8', '10.0.0.1', 'unknown'])
      expect(await fail(api, invented, '198.51.100.1', '10.1.2.3', 'fd00::1')).toBe(401)
    expect(await fail(api, '198.51.100.9', '198.51.100.1')).toBe(429)
    expect(await fail(api, '198.51.100.1', '198.51.100.9')).toBe(401)
  })

  it('clients of one /64 share a limit, and the next /64 has its own', async () => {
    for (const host of ['1', '2:3:4:5', 'ffff:ffff:ffff:ffff'])
      expect(await fail(api, `2001:db8:0:1:${host === '1' ? ':1' : host}`)).toBe(401)
    expect(await fail(api, '2001:DB8:0:1::7')).toBe(429)
    expect(await fail(api, '2001:db8:0:2::7')).toBe(401)
  })
})
