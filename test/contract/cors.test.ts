import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { useWorld } from '../support/world/use-world.ts'

const OURS = 'https://app.example.org'
const preflight = { 'Access-Control-Request-Method': 'PUT' }

const world = useWorld({ shared: true })

const header = ({ headers }: Reply, name: string) => headers.get(name)?.split(/, ?/)
const permits = (reply: Reply) => [...reply.headers.keys()].filter((n) => n.startsWith('access-'))

describe('with CORS_ORIGINS', () => {
  let api: Client
  beforeAll(async () => {
    const env = { CORS_ORIGINS: `http://localhost:5173, ${OURS}`, RATE_LIMIT: '2/1m' }
    api = new Client(await world.startApi(env))
  })

  it('a page of a listed origin can read every answer, including errors', async () => {
    const token = tokenOf(someone())
    const headers = { Origin: OURS }
    const replies = [
      await api.put(token, Buffer.alloc(0), headers),
      await api.put(token, Buffer.from('no picture'), headers),
      await api.put(token, Buffer.from('too many'), headers),
      await api.get(AVATAR, { headers }),
      await api.get('/nowhere', { headers }),
    ]
    expect(replies.map(({ json }) => json.code)).toEqual([0, 40050, 429, 401, 404])
    for (const reply of replies) {
      expect(reply.headers.get('access-control-allow-origin')).toBe(OURS)
      expect(header(reply, 'vary')).toContain('Origin')
      expect(header(reply, 'access-control-expose-headers')).toEqual(
        expect.arrayContaining(['X-Upload-Id', 'Location', 'RateLimit', 'Retry-After']),
      )
      expect(reply.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('a preflight answers the permitted methods and headers and their cache time', async () => {
    const headers = { Origin: OURS, ...preflight }
    const reply = await api.ask('OPTIONS', AVATAR, { headers })
    expect(reply.status).toBe(204)
    expect(reply.headers.get('access-control-allow-origin')).toBe(OURS)
    const methods = header(reply, 'access-control-allow-methods')
    expect(methods).toEqual(['GET', 'HEAD', 'PUT', 'DELETE'])
    expect(header(reply, 'access-control-allow-headers')).toEqual(
      expect.arrayContaining(['Authorization', 'Content-Type', 'Prefer', 'X-Cr-Correlation-Id']),
    )
    expect(reply.headers.get('access-control-max-age')).toBe('7200')
    expect(header(reply, 'allow')).toEqual(expect.arrayContaining(['GET', 'PUT']))
    expect((await api.ask('OPTIONS', '/nowhere', { headers })).status).toBe(404)
  })

  it.each([
    'https://app.example.org.evil.test',
    'https://evil.test',
    'http://app.example.org',
    'https://app.example.org:8443',
    'null',
    '*',
    '',
  ])('a page of %s is permitted nothing', async (origin) => {
    const headers = { Origin: origin }
    const token = tokenOf(someone())
    for (const reply of [
      await api.get(AVATAR, { token, headers }),
      await api.ask('OPTIONS', AVATAR, { headers: { ...headers, ...preflight } }),
    ]) {
      expect(permits(reply)).toEqual([])
      expect(header(reply, 'vary')).toContain('Origin')
    }
  })

  it('pictures are the same with every origin and without one', async () => {
    for (const headers of [{}, { Origin: OURS }, { Origin: 'https://evil.test' }]) {
      const reply = await api.get('/user/avatar/nobody', { headers })
      expect(reply.headers.get('access-control-allow-origin')).toBe('*')
      expect(reply.headers.get('vary') ?? '').not.toContain('Origin')
    }
  })
})

it('without CORS_ORIGINS other origins cannot use tokens but can read pictures', async () => {
  const api = new Client(await world.startApi())
  const headers = { Origin: OURS }
  expect(permits(await api.get(AVATAR, { token: tokenOf(someone()), headers }))).toEqual([])
  const reply = await api.ask('OPTIONS', AVATAR, { headers: { ...headers, ...preflight } })
  expect(reply.status).toBe(204)
  expect(permits(reply)).toEqual([])
  const picture = await api.get('/user/avatar/nobody', { headers })
  expect(picture.headers.get('access-control-allow-origin')).toBe('*')
})
