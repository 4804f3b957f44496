import { beforeAll, describe, expect, it } from 'vitest'
import { askOps, basic, SAME_ORIGIN } from '../support/http/ops-http.ts'
import { useWorld } from '../support/world/use-world.ts'

const USER = 'ops'
const PASSWORD = 'correct hörse: battery'
const CREDENTIALS = { OPS_USER: USER, OPS_PASSWORD: PASSWORD }
const PATHS = [
  '/queues',
  '/queues/',
  '/queues/find?q=alice',
  '/queues/api/queues',
  '/queues/static/favicon.ico',
]

const world = useWorld()

/** Long timeout for the first connection to Redis on a busy machine. */
const startOps = async (env = {}) =>
  (await world.startApi({ QUEUE_TIMEOUT: '30s', ...env })).ports.ops

describe('without credentials, on loopback', () => {
  let port: number
  beforeAll(async () => {
    port = await startOps()
  })

  it.each(PATHS)('%s is shown for a name of this machine', async (path) => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost'])
      expect((await askOps(port, path, { headers: { Host: host } })).status).toBe(200)
  })

  it.each(['evil.example', `evil.example:3001`, '10.0.0.7', 'localhost.evil.example'])(
    'nothing is shown for the name %s, against DNS rebinding',
    async (host) => {
      for (const path of PATHS) {
        const answer = await askOps(port, path, { headers: { Host: host } })
        expect(answer.status).toBe(403)
        expect(answer.body.toString()).toContain('localhost')
      }
    },
  )

  it('health and metrics answer for any name', async () => {
    for (const path of ['/healthz', '/metrics'])
      expect((await askOps(port, path, { headers: { Host: 'api.internal' } })).status).toBe(200)
  })
})

describe('with credentials', () => {
  let port: number
  beforeAll(async () => {
    port = await startOps({ ...CREDENTIALS, OPS_HOST: '0.0.0.0' })
  })

  it.each(PATHS)('%s requires them and is shown for any name', async (path) => {
    const without = await askOps(port, path)
    expect(without.status).toBe(401)
    expect(without.headers.get('www-authenticate')).toBe('Basic realm="queues", charset="UTF-8"')
    const headers = { ...basic(USER, PASSWORD), Host: 'ops.internal' }
    expect((await askOps(port, path, { headers })).status).toBe(200)
  })

  it('health and metrics need none', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await askOps(port, path)).status).toBe(200)
  })

  it.each([
    ['another name', basic('Ops', PASSWORD)],
    ['no password', basic(USER, '')],
    ['half the password', basic(USER, PASSWORD.slice(0, 7))],
    ['more than the password', basic(USER, `${PASSWORD}!`)],
    ['another scheme', { Authorization: `Bearer ${PASSWORD}` }],
    ['what is no base64', { Authorization: 'Basic ***' }],
  ])('%s does not do', async (_, headers) => {
    expect((await askOps(port, '/queues', { headers })).status).toBe(401)
  })
})

describe('wrong passwords', () => {
  it('above ten, the right password is refused too, and health still answers', async () => {
    const port = await startOps(CREDENTIALS)
    const statuses: number[] = []
    for (let guess = 0; guess < 12; guess++)
      statuses.push(
        (await askOps(port, '/queues', { headers: basic(USER, `guess ${guess}`) })).status,
      )
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    const right = await askOps(port, '/queues', { headers: basic(USER, PASSWORD) })
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await askOps(port, '/healthz')).status).toBe(200)
  })

  it('do not include requests without a password', async () => {
    const port = await startOps(CREDENTIALS)
    for (let i = 0; i < 15; i++) expect((await askOps(port, '/queues')).status).toBe(401)
    expect((await askOps(port, '/queues', { headers: basic(USER, PASSWORD) })).status).toBe(200)
  })
})

describe('DASHBOARD=false', () => {
  it('answers no page for any request', async () => {
    const port = await startOps({ DASHBOARD: 'false', OPS_HOST: '0.0.0.0' })
    for (const path of PATHS) expect((await askOps(port, path)).status).toBe(404)
    const put = { method: 'PUT', headers: SAME_ORIGIN }
    expect((await askOps(port, '/queues/api/queues/uploads/pause', put)).status).toBe(404)
    expect((await askOps(port, '/healthz')).status).toBe(200)
  })
})
