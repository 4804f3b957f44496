import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client
let user: string
let revision: string
let stillUser: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  // Stills are not WebP, but animations always are.
  await world.startWorker({ ANIMATED: 'keep', FORMATS: 'jpeg,png', SIZES: '300,128,64' })
  ;[user, stillUser] = [someone(), someone()]
  revision = await api.upload(user, await animation())
  const other = await api.upload(stillUser, await photo({ width: 300, height: 300 }))
  expect(await world.outcome(revision)).toBe('ready')
  expect(await world.outcome(other)).toBe('ready')
})

/** Uploads a GIF of three frames of 300 pixels. */
async function animation(): Promise<Buffer> {
  const frames = [1, 2, 3].map((seed) => photo({ format: 'png', width: 300, height: 300, seed }))
  const joined = sharp(await Promise.all(frames), { join: { animated: true } })
  return joined.gif({ delay: [50, 100, 150], loop: 2 }).toBuffer()
}

interface Listed {
  readonly size: number
  readonly format: string
  readonly url: string
  readonly bytes: number
  readonly animated?: boolean
}

const pagesOf = async (bytes: Buffer) => (await sharp(bytes).metadata()).pages ?? 1

describe('a kept animation', () => {
  it('is listed beside its stills, and each is served at its URL', async () => {
    const { variants } = (await api.settings(user)) as { variants: Listed[] }
    const names = variants.map((v) => `${v.size} ${v.format}${'animated' in v ? ' moving' : ''}`)
    expect(names).toEqual([
      ...['300 jpeg', '300 png', '128 jpeg', '128 png', '64 jpeg', '64 png'],
      ...['128 webp moving', '64 webp moving'],
    ])
    for (const { url, bytes, format, animated } of variants) {
      const { status, headers, body } = await api.get(url)
      expect(status).toBe(200)
      expect(body).toHaveLength(bytes)
      expect(headers.get('content-type')).toBe(`image/${format}`)
      expect(await pagesOf(body)).toBe(animated ? 3 : 1)
    }
    expect(await keysIn(world, 'avatars/')).toContainEqual(
      expect.stringMatching(`${revision}/128\\.animated\\.webp$`),
    )
  })

  it.each([
    ['?animated=true', 128],
    ['?animated=true&size=s', 64],
    ['?animated=true&size=65', 128],
    ['?animated=true&size=l', 128],
    ['?size=s&animated=true&nocache=1', 64],
  ])('%s shows it moving, at %i pixels', async (query, side) => {
    for (const accept of ['*/*', 'image/webp', 'image/avif,image/webp,*/*;q=0.8']) {
      const { status, headers, body } = await api.get(avatarPath(user, query), {
        headers: { Accept: accept },
      })
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe('image/webp')
      expect(await sharp(body).metadata()).toMatchObject({
        width: side,
        pages: 3,
        delay: [50, 100, 150],
        loop: 2,
      })
    }
  })

  it.each([
    ['', undefined],
    ['?animated=false', 'image/webp'],
    ['?animated=true', 'image/jpeg'],
    ['?animated=true', 'image/webp;q=0, */*'],
  ])('%s with Accept: %s shows it still', async (query, accept) => {
    const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept }
    const reply = await api.get(avatarPath(user, query), { headers })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('image/jpeg')
    expect(await sharp(reply.body).metadata()).toMatchObject({ width: 300 })
  })

  it('has a tag of its own, which answers 304', async () => {
    const [still, moving] = [
      avatarPath(user, '?size=64'),
      avatarPath(user, '?size=64&animated=true'),
    ]
    const tags = await Promise.all([still, moving].map(async (p) => (await api.get(p)).headers))
    const [one = '', other = ''] = tags.map((headers) => headers.get('etag') ?? '')
    expect(one).not.toBe(other)
    expect((await api.get(moving, { headers: { 'If-None-Match': other } })).status).toBe(304)
    expect((await api.get(moving, { headers: { 'If-None-Match': one } })).status).toBe(200)
  })
})

it('animated=true serves the still of a picture without animation', async () => {
  const { status, headers } = await api.get(avatarPath(stillUser, '?animated=true'))
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('image/jpeg')
})

it.each(['', '1', 'TRUE', 'yes', 'constructor', 'true&animated=true'])(
  'animated=%s answers 40001 with status 400',
  async (text) => {
    const { status, json } = await api.get(avatarPath(user, `?animated=${text}`))
    expect(status).toBe(400)
    expect(json).toMatchObject({ code: 40001, msg: 'animated must be true or false' })
  },
)

describe('if variants are missing', () => {
  it.each([
    '256.animated.webp',
    '128.animated.jpg',
    '128.animated.png',
    '128.animated',
    '128.webp',
  ])('%s is a 404', async (file) => {
    expect((await api.get(`${avatarPath(user)}/${revision}/${file}`)).status).toBe(404)
  })
})
