import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { LoopbackServer } from '../support/http/loopback-server.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let faces: LoopbackServer
let api: Client
let jpeg: Buffer
let path: string
let hash: string

beforeAll(async () => {
  faces = await LoopbackServer.start()
  api = new Client(
    await world.startApi({
      GRAVATAR_MODE: 'proxy',
      GRAVATAR_URL: `${faces.origin}/public/avatar/`,
      DEFAULT_AVATAR: 'identicon',
    }),
  )
  jpeg = await photo({ width: 64, height: 64 })
})
beforeEach(async () => {
  const user = someone()
  const email = `${user}@example.org`
  hash = createHash('sha256').update(email).digest('hex')
  await api.put(tokenOf(user, { email }))
  path = avatarPath(user)
  faces.show(jpeg)
  faces.requests.splice(0)
})
afterAll(async () => {
  await faces.stop()
})

it('the API serves a Gravatar with the headers of a picture', async () => {
  const reply = await api.get(path)
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual(jpeg)
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'public, no-cache',
    etag: expect.stringMatching(/^"[^"]+"$/),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  })
  expect(reply.headers.has('location')).toBe(false)
})

it('answers 304 for a known tag, and HEAD like GET', async () => {
  const tag = (await api.get(path)).headers.get('etag') ?? ''
  for (const method of ['GET', 'HEAD']) {
    const again = await api.ask(method, path, { headers: { 'If-None-Match': tag } })
    expect([again.status, again.body.length]).toEqual([304, 0])
  }
  const head = await api.ask('HEAD', path)
  expect([head.status, head.body.length, head.headers.get('etag')]).toEqual([200, 0, tag])
  expect(faces.requests).toHaveLength(1)
})

describe('the Gravatar server gets', () => {
  it.each([
    ['', '512'],
    ['?size=s', '64'],
    ['?size=65', '128'],
    ['?size=200', '256'],
    ['?size=2048', '512'],
  ])('%s for one of few sizes: %s, under the path that is configured', async (query, side) => {
    await api.get(path + query)
    expect(faces.requests.map(({ url }) => url)).toEqual([`/public/avatar/${hash}?s=${side}&d=404`])
  })

  it('no header of the viewer', async () => {
    const headers = {
      Cookie: 'secret-of-the-viewer',
      Referer: 'https://secret-of-the-viewer.example',
      'User-Agent': 'secret-of-the-viewer',
      'X-Forwarded-For': '192.0.2.77',
      'Accept-Language': 'secret-of-the-viewer',
    }
    await api.get(path, { headers })
    expect(faces.requests).toHaveLength(1)
    expect(faces.requests[0]?.rawHeaders.join()).not.toMatch(/secret-of-the-viewer|192\.0\.2/)
  })
})

it('an email that Gravatar does not know gives a user without a picture', async () => {
  faces.answer = (res) => res.writeHead(404).end()
  const reply = await api.get(path)
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
})

it('an uncached Gravatar answers 503 without caching while the server fails', async () => {
  faces.answer = (res) => res.writeHead(500).end()
  const reply = await api.get(path)
  expect(reply.status).toBe(503)
  expect(reply.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(reply.headers.get('cache-control')).toBe('no-store')
})
