import sharp from 'sharp'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { GravatarCache } from '../../../../apps/api/src/gravatar/gravatar-cache.ts'
import { silent } from '../../../support/domain/log.ts'
import { type Answer, LoopbackServer } from '../../../support/http/loopback-server.ts'

const MINUTE = 60_000

let server: LoopbackServer
let cache: GravatarCache
let now: number
let pictures: Record<'png' | 'webp' | 'jpeg' | 'gif', Buffer>

beforeAll(async () => {
  const create = { width: 2, height: 2, channels: 3, background: '#336699' } as const
  const [png, webp, jpeg, gif] = await Promise.all([
    sharp({ create }).png().toBuffer(),
    sharp({ create }).webp().toBuffer(),
    sharp({ create }).jpeg().toBuffer(),
    sharp({ create }).gif().toBuffer(),
  ])
  pictures = { png, webp, jpeg, gif }
})
beforeEach(async () => {
  server = await LoopbackServer.start()
  now = 1_000_000
  cache = new GravatarCache(1000, silent, { now: () => now })
})
afterEach(() => server.stop())

const get = (path = '/a') => cache.get(server.origin + path)
const asked = () => server.requests.splice(0).length

describe('a fetch', () => {
  test.each(['png', 'webp', 'jpeg', 'gif'] as const)(
    'accepts %s regardless of Content-Type',
    async (name) => {
      server.show(pictures[name], 'text/html')
      expect(await get()).toMatchObject({ bytes: pictures[name], mediaType: `image/${name}` })
    },
  )

  test.each<[string, () => Uint8Array]>([
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a page', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['nothing', () => Buffer.alloc(0)],
    ['more than 1 MiB', () => Buffer.concat([pictures.png, Buffer.alloc(1024 ** 2)])],
  ])('%s is not a picture regardless of Content-Type', async (_, bytes) => {
    server.show(bytes())
    expect(await get()).toBeUndefined()
  })

  test('sends no data of the viewer', async () => {
    server.show(pictures.png)
    await get()
    const { host, connection, ...headers } = server.requests[0]?.headers ?? {}
    expect(headers).toMatchObject({ 'user-agent': 'visage', accept: expect.any(String) })
    expect(Object.keys(headers).join()).not.toMatch(/cookie|forwarded|referer|authorization/)
  })
})

describe('a redirect', () => {
  const redirecting = (to: string) => {
    server.answer = (res, { url }) =>
      url === '/a' ? res.writeHead(302, { Location: to }).end() : res.end(pictures.png)
  }

  test('on the same server is followed', async () => {
    redirecting('/b')
    expect(await get()).toMatchObject({ bytes: pictures.png })
  })

  test('to another server is not followed', async () => {
    const other = await LoopbackServer.start()
    other.show(pictures.png)
    redirecting(`${other.origin}/b`)
    await expect(get()).rejects.toMatchObject({ problem: 'unavailable' })
    expect(other.requests).toEqual([])
    await other.stop()
  })

  test('loop ends with an error', async () => {
    redirecting('/a')
    await expect(get()).rejects.toMatchObject({ problem: 'unavailable' })
    expect(asked()).toBe(4)
  })
})

describe('a cached Gravatar', () => {
  test('is fetched once for concurrent requests', async () => {
    server.show(pictures.png)
    const all = await Promise.all(Array.from({ length: 20 }, () => get()))
    expect(new Set(all.map((one) => one?.etag)).size).toBe(1)
    expect(asked()).toBe(1)
  })

  test('is used for five minutes and then fetched again', async () => {
    server.show(pictures.png)
    const first = await get()
    server.show(pictures.webp)
    now += 5 * MINUTE - 1
    expect(await get()).toBe(first)
    expect(asked()).toBe(1)
    now += 2
    expect(await get()).toMatchObject({ mediaType: 'image/webp' })
    expect((await get())?.etag).not.toBe(first?.etag)
  })

  test('that does not exist is cached for a minute', async () => {
    expect(await get()).toBeUndefined()
    server.show(pictures.png)
    now += MINUTE - 1
    expect(await get()).toBeUndefined()
    expect(asked()).toBe(1)
    now += 2
    expect(await get()).toMatchObject({ bytes: pictures.png })
  })
})

describe('while the server is unavailable', () => {
  const answering = (answer: Answer) => {
    server.answer = answer
  }
  test.each<[string, () => Promise<void> | void]>([
    ['gone', () => server.stop()],
    ['in trouble', () => answering((res) => res.writeHead(500).end())],
    ['silent', () => answering(() => {})],
  ])('%s: cached Gravatars are used, and others are unavailable', async (_, fail) => {
    server.show(pictures.png)
    const known = await get()
    now += 60 * MINUTE
    await fail()
    expect(await get()).toBe(known)
    await expect(get('/unknown')).rejects.toMatchObject({ problem: 'unavailable' })
  })

  test('it gets no request for five seconds', async () => {
    server.answer = (res) => res.writeHead(503).end()
    await expect(get()).rejects.toMatchObject({ problem: 'unavailable' })
    server.show(pictures.png)
    now += 4999
    await expect(get('/b')).rejects.toMatchObject({ problem: 'unavailable' })
    expect(asked()).toBe(1)
    now += 2
    expect(await get()).toMatchObject({ bytes: pictures.png })
  })
})

test('the cache is bounded', async () => {
  const large = Buffer.concat([pictures.png, Buffer.alloc(1024 ** 2 - 4096)])
  server.show(large)
  for (let i = 0; i < 40; i++) await get(`/${i}`)
  expect(asked()).toBe(40)
  await get('/39')
  expect(asked()).toBe(0)
  await get('/0')
  expect(asked()).toBe(1)
})
