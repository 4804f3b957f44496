import { variantPrefix } from '@visage/shared/avatar/keys'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { avatarPath, Client, type Reply, someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let user: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
  ;[user] = await ready(600)
})

/** Publishes a picture of a new user. */
async function ready(side = 64): Promise<[user: string, revision: string]> {
  const user = someone()
  const id = await api.upload(user, await photo({ width: side, height: side }))
  expect(await world.outcome(id)).toBe('ready')
  return [user, id]
}

const show = (query = '', headers = {}) => api.get(avatarPath(user, query), { headers })

describe('size picks the smallest variant that is at least as large', () => {
  it.each([
    ['', 512],
    ['?size=s', 64],
    ['?size=m', 128],
    ['?size=l', 512],
    ['?size=1', 64],
    ['?size=64', 64],
    ['?size=65', 128],
    ['?size=128', 128],
    ['?size=200', 256],
    ['?size=257', 512],
    ['?size=512', 512],
    ['?size=513', 512],
    ['?size=99999', 512],
    ['?nocache=1&key=3', 512],
    ['?size=s&nocache=true&key=3', 64],
    ['?unknown=7&size=m', 128],
  ])('%s: %i', async (query, side) => {
    const { status, body } = await show(query)
    expect(status).toBe(200)
    expect(await sharp(body).metadata()).toMatchObject({ width: side, height: side })
  })

  it.each(['', '0', '-1', '1.5', 'x', 'xl', 'S', '1e3', '100000', '0x40', '__proto__', 'toString'])(
    'size=%s answers 40001 with status 400',
    async (size) => {
      const { status, json, headers } = await show(`?size=${size}`)
      expect(status).toBe(400)
      expect(json).toMatchObject({ code: 40001, msg: expect.stringMatching(/size.*\bs, m/) })
      expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  it('a repeated size answers 40001', async () => {
    expect((await show('?size=64&size=128')).json).toMatchObject({ code: 40001 })
  })
})

describe('Accept picks the format: WebP if it is listed, else JPEG', () => {
  it.each([
    [undefined, 'jpeg'],
    ['*/*', 'jpeg'],
    ['image/*', 'jpeg'],
    ['image/webp', 'webp'],
    ['IMAGE/WEBP', 'webp'],
    ['image/jpeg', 'jpeg'],
    ['image/png', 'jpeg'],
    ['text/html', 'jpeg'],
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'webp'],
    ['image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'webp'],
    ['image/webp,image/avif,image/jxl,image/heic,video/*;q=0.8,image/*;q=0.8,*/*;q=0.5', 'webp'],
    ['image/webp;q=0', 'jpeg'],
    ['image/webp;q=0, */*', 'jpeg'],
    ['image/webp;q=0.5, image/jpeg', 'jpeg'],
    ['image/webp, image/jpeg;q=0.5', 'webp'],
    ['image/webp;q=0.9, */*;q=0.1', 'webp'],
    ['nonsense', 'jpeg'],
  ])('%s: %s', async (accept, format) => {
    const { status, headers, body } = await show('', accept === undefined ? {} : { Accept: accept })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe(`image/${format}`)
    expect((await sharp(body).metadata()).format).toBe(format)
  })
})

it('has a strong tag, is revalidated, and can be embedded on any site', async () => {
  const { headers } = await show()
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'public, no-cache',
    etag: expect.stringMatching(/^"[^"]+"$/),
    vary: 'Accept',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  })
  expect(headers.has('set-cookie')).toBe(false)
  expect(headers.has('x-powered-by')).toBe(false)
})

it('has a different tag for each size, format and revision', async () => {
  const tags = new Set<string | null>()
  const webp = { headers: { Accept: 'image/webp' } }
  const [other] = await ready()
  for (const path of [avatarPath(user), avatarPath(user, '?size=s'), avatarPath(other)])
    for (const call of [{}, webp]) tags.add((await api.get(path, call)).headers.get('etag'))
  expect(tags.size).toBe(6)
})

describe('If-None-Match', () => {
  const tagOf = async () => (await show()).headers.get('etag') ?? ''

  it.each<[what: string, sent: (tag: string) => string]>([
    ['the tag', (tag) => tag],
    ['a list with the tag', (tag) => `"other", ${tag}`],
    ['the tag as a weak tag', (tag) => `W/${tag}`],
    ['*', () => '*'],
  ])('%s is a 304 without a body', async (_, sent) => {
    const reply = await show('', { 'If-None-Match': sent(await tagOf()) })
    expect(reply.status).toBe(304)
    expect(reply.body).toHaveLength(0)
    expect(reply.headers.get('etag')).toBe(await tagOf())
  })

  it('the tag answers 304 even with Cache-Control: no-cache', async () => {
    const headers = { 'If-None-Match': await tagOf(), 'Cache-Control': 'no-cache' }
    expect((await show('', headers)).status).toBe(304)
  })

  it.each([
    ['"other"', {}],
    ["another format's", { Accept: 'image/webp' }],
  ])('%s is the whole picture', async (tag, accept) => {
    const other = tag === '"other"' ? tag : await tagOf()
    expect((await show('', { ...accept, 'If-None-Match': other })).status).toBe(200)
  })

  it('the old tag gets the new picture once it is ready', async () => {
    const [owner] = await ready()
    const old = (await api.get(avatarPath(owner))).headers.get('etag') ?? ''
    const id = await api.upload(owner, await photo({ width: 300, height: 300, seed: 2 }))
    await world.outcome(id)
    const reply = await api.get(avatarPath(owner), { headers: { 'If-None-Match': old } })
    expect(reply.status).toBe(200)
    expect(await sharp(reply.body).metadata()).toMatchObject({ width: 300 })
  })
})

describe('HEAD is like GET without the body', () => {
  it.each(['', '?size=s', '?size=x'])('%s', async (query) => {
    const [get, head] = [await show(query), await api.ask('HEAD', avatarPath(user, query))]
    expect(head.body).toHaveLength(0)
    expect(head.status).toBe(get.status)
    expect(essential(head)).toEqual(essential(get))
  })

  it('answers 304 for the tag', async () => {
    const headers = { 'If-None-Match': (await show()).headers.get('etag') ?? '' }
    expect((await api.ask('HEAD', avatarPath(user), { headers })).status).toBe(304)
  })
})

/** Returns the headers without those that differ in each answer. */
function essential({ headers }: Reply) {
  const { date, 'x-cr-correlation-id': id, ...rest } = Object.fromEntries(headers)
  return rest
}

describe('a variant that is missing in the bucket', () => {
  it('answers 304 for a known tag, and 503 otherwise', async () => {
    const [owner, revision] = await ready()
    const tag = (await api.get(avatarPath(owner))).headers.get('etag') ?? ''
    await world.store.removePrefix(variantPrefix(asUserId(owner), asRevision(revision)))
    const headers = { 'If-None-Match': tag }
    expect((await api.get(avatarPath(owner), { headers })).status).toBe(304)

    const { status, json, headers: sent } = await api.get(avatarPath(owner))
    expect(status).toBe(503)
    expect(json).toMatchObject({ code: 50004 })
    expect(sent.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect(sent.get('cache-control')).toBe('no-store')
    expect(sent.has('etag')).toBe(false)
  })
})
