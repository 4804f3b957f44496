import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let user: string
let revision: string
let other: string
let strange: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
  ;[user, other] = [someone(), someone()]
  revision = await api.upload(user, await photo({ width: 300, height: 300 }))
  strange = await api.upload(other, await photo({ width: 600, height: 600, seed: 2 }))
  await Promise.all([world.outcome(revision), world.outcome(strange)])
})

const variantPath = (file = '128.webp') => `${avatarPath(user)}/${revision}/${file}`

it('is immutable and has the headers of a picture', async () => {
  const { status, headers, body } = await api.get(variantPath())
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'image/webp',
    'content-length': `${body.length}`,
    'cache-control': 'public, max-age=31536000, immutable',
    etag: expect.stringMatching(/^"[^"]+"$/),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  })
})

it('has the format of its name regardless of Accept', async () => {
  for (const Accept of ['image/webp', 'image/jpeg', 'text/html']) {
    const { headers } = await api.get(variantPath('128.jpg'), { headers: { Accept } })
    expect(headers.get('content-type')).toBe('image/jpeg')
    expect(headers.has('vary')).toBe(false)
  }
})

it('answers 304 for a known tag, with GET and HEAD', async () => {
  const tag = (await api.get(variantPath())).headers.get('etag') ?? ''
  for (const method of ['GET', 'HEAD']) {
    for (const sent of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const reply = await api.ask(method, variantPath(), { headers: { 'If-None-Match': sent } })
      expect(reply.status).toBe(304)
      expect(reply.body).toHaveLength(0)
    }
  }
  const other = await api.get(variantPath('64.webp'), { headers: { 'If-None-Match': tag } })
  expect(other.status).toBe(200)
})

it('HEAD is like GET without the body', async () => {
  const get = await api.get(variantPath())
  const head = await api.ask('HEAD', variantPath())
  expect(head.status).toBe(200)
  expect(head.body).toHaveLength(0)
  for (const name of ['etag', 'content-type', 'content-length', 'cache-control'])
    expect(head.headers.get(name)).toBe(get.headers.get(name))
})

describe('a missing variant answers 404 without caching', () => {
  const unknown = '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'
  const paths: [what: string, path: () => string][] = [
    ['an unknown revision', () => `${avatarPath(user)}/${unknown}/128.webp`],
    ["another user's revision", () => `${avatarPath(user)}/${strange}/128.webp`],
    ["another user's id", () => `${avatarPath(other)}/${revision}/128.webp`],
    ['a revision that is none', () => `${avatarPath(user)}/current/128.webp`],
    ['a revision in capitals', () => `${avatarPath(user)}/${revision.toUpperCase()}/128.webp`],
    ['a size larger than the picture', () => variantPath('512.webp')],
    ['a size that is not rendered', () => variantPath('100.webp')],
    ['a size with a zero before it', () => variantPath('0128.webp')],
    ['a size that is none', () => variantPath('s.webp')],
    ['another extension', () => variantPath('128.png')],
    ['another name of the extension', () => variantPath('128.jpeg')],
    ['the extension in capitals', () => variantPath('128.WEBP')],
    ['no extension', () => variantPath('128')],
    ['more than one extension', () => variantPath('128.webp.webp')],
    ['a path in disguise', () => variantPath('..%2F128.webp')],
    ['a name with a blank', () => variantPath('%20128.webp')],
  ]

  it.each(paths)('%s', async (_, path) => {
    const reply = await api.get(path())
    expect(reply.status).toBe(404)
    expect(reply.json).toMatchObject({ code: 404 })
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.headers.has('etag')).toBe(false)
    expect((await api.ask('HEAD', path())).status).toBe(404)
  })

  it.each(paths)('%s, with If-None-Match: *', async (_, path) => {
    expect((await api.get(path(), { headers: { 'If-None-Match': '*' } })).status).toBe(404)
  })
})

it('stays available for a while after another picture replaced it', async () => {
  const owner = someone()
  const first = await api.upload(owner, await photo({ width: 100, height: 100 }))
  await world.outcome(first)
  const path = `${avatarPath(owner)}/${first}/64.webp`
  const before = await api.get(path)
  await api.put(tokenOf(owner, { email: 'a@example.com' }))
  const after = await api.get(path)
  expect(after.status).toBe(200)
  expect(after.body).toEqual(before.body)
})
