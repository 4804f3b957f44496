import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client
/** Variants of a picture in JPEG, PNG and AVIF, at 100 and 40 pixels. */
let user: string
let revision: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  const other = await world.startWorker({ SIZES: '100,40', FORMATS: 'png,avif,jpeg' })
  user = someone()
  revision = await api.upload(user, await photo({ width: 300, height: 200 }))
  expect(await world.outcome(revision)).toBe('ready')
  await other.stop()
  // From here on the workers have another recipe. The existing variants must still be served.
  await world.startWorker()
})

describe('a picture of an older recipe', () => {
  it('lists its variants, and each is served with its format and size', async () => {
    const { variants } = await api.settings(user)
    const names = variants.map(({ size, format }: Listed) => `${size} ${format}`)
    expect(names).toEqual([...['100 png', '100 avif', '100 jpeg', '40 png', '40 avif', '40 jpeg']])
    for (const { size, format, url, bytes } of variants) {
      const { status, headers, body } = await api.get(url)
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe(`image/${format}`)
      expect(body).toHaveLength(bytes)
      expect(await sharp(body).metadata()).toMatchObject({ width: size, height: size })
    }
  })

  it.each([
    [undefined, 'jpeg'],
    ['*/*', 'jpeg'],
    ['image/*', 'jpeg'],
    ['image/*, image/jpeg;q=0.1', 'jpeg'],
    ['image/webp', 'jpeg'],
    ['image/webp, */*;q=0.5', 'jpeg'],
    ['image/avif', 'avif'],
    ['image/png', 'png'],
    ['image/png;q=0.5, image/avif;q=0.4', 'png'],
    ['image/png;q=0.1, image/jpeg', 'jpeg'],
    ['image/avif;q=0, image/png', 'png'],
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'avif'],
    ['image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'avif'],
    ['image/apng,*/*;q=0.8', 'jpeg'],
  ])('%s: %s', async (accept, format) => {
    const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept }
    const reply = await api.get(avatarPath(user), { headers })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe(`image/${format}`)
    expect(reply.headers.get('vary')).toBe('Accept')
    expect(reply.headers.get('etag')).toContain(revision)
  })

  it.each([
    ['', 100],
    ['?size=l', 100],
    ['?size=m', 100],
    ['?size=s', 100],
    ['?size=40', 40],
    ['?size=41', 100],
  ])('%s is the smallest that is at least as large, or the largest: %i', async (query, side) => {
    const { body } = await api.get(avatarPath(user, query))
    expect(await sharp(body).metadata()).toMatchObject({ width: side, height: side })
  })
})

it('the next picture uses the current recipe', async () => {
  const next = someone()
  const id = await api.upload(next, await photo({ width: 300, height: 200 }))
  expect(await world.outcome(id)).toBe('ready')
  const { variants } = await api.settings(next)
  expect(variants.map(({ size, format }: Listed) => `${size} ${format}`)).toEqual([
    ...['200 webp', '200 jpeg', '128 webp', '128 jpeg', '64 webp', '64 jpeg'],
  ])
})

interface Listed {
  readonly size: number
  readonly format: string
  readonly url: string
  readonly bytes: number
}
