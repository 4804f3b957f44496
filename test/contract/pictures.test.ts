import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { Client, someone } from '../support/http/http.ts'
import { difference, type Photo, photo } from '../support/pictures/photo.ts'
import { keysIn, pictureRow, receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
})

const types = { webp: 'image/webp', jpeg: 'image/jpeg' }
const extensions = { webp: 'webp', jpeg: 'jpg' }
const formats = ['webp', 'jpeg'] as const

/** Maximum mean difference of 255: above lossy encoding, far below a wrong crop. */
const CLOSE = 6
const FAR = 20

type Source = Photo & { readonly format: string; readonly width: number; readonly height: number }

/** Pictures slightly above the largest size, as comparing is slow. */
const sources: [what: string, source: Source, sides: number[]][] = [
  ['a JPEG', { format: 'jpeg', width: 720, height: 540 }, [512, 256, 128, 64]],
  ['an upright PNG', { format: 'png', width: 540, height: 720 }, [512, 256, 128, 64]],
  ['a WebP', { format: 'webp', width: 720, height: 540 }, [512, 256, 128, 64]],
  ['a GIF', { format: 'gif', width: 540, height: 640 }, [512, 256, 128, 64]],
  [
    'a JPEG stored on its side',
    { format: 'jpeg', width: 720, height: 540, orientation: 6 },
    [512, 256, 128, 64],
  ],
  [
    'a JPEG stored mirrored',
    { format: 'jpeg', width: 720, height: 540, orientation: 2 },
    [512, 256, 128, 64],
  ],
  ['a square PNG of 512', { format: 'png', width: 512, height: 512 }, [512, 256, 128, 64]],
  ['a small JPEG', { format: 'jpeg', width: 300, height: 200 }, [200, 128, 64]],
  ['a tiny PNG', { format: 'png', width: 40, height: 60 }, [40]],
]

describe.each(sources)('%s', (_, source, sides) => {
  const user = someone()
  let bytes: Buffer
  let id: string

  beforeAll(async () => {
    bytes = await photo(source)
    id = await api.upload(user, bytes)
    expect(await world.outcome(id)).toBe('ready')
  })

  const variants = sides.flatMap((side) => formats.map((format) => [side, format] as const))

  it.each(variants)('has a variant of size %i as %s', async (side, format) => {
    const path = `/user/avatar/${user}/${id}/${side}.${extensions[format]}`
    const { status, headers, body } = await api.get(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe(types[format])
    expect(headers.get('content-length')).toBe(`${body.length}`)
    const picture = await sharp(body).metadata()
    expect(picture).toMatchObject({ format, width: side, height: side, space: 'srgb' })
    expect([picture.exif, picture.icc, picture.xmp, picture.iptc]).toEqual(Array(4).fill(undefined))
    expect(await difference(body, bytes, side)).toBeLessThan(CLOSE)
  })

  it('has the same variants in its row, its settings and the bucket', async () => {
    const { variants: listed } = await api.settings(user)
    const names = listed.map(({ size, format }: Listed) => `${size} ${format}`)
    expect(names.sort()).toEqual(variants.map(([side, format]) => `${side} ${format}`).sort())
    const objects = (await keysIn(world, 'avatars/')).filter((key) => key.includes(id))
    expect(objects).toHaveLength(variants.length)
    for (const { url, bytes: length } of listed)
      expect((await api.get(url)).body.length).toBe(length)
    const row = await pictureRow(world, user)
    expect(row.variants).toEqual(listed.map(({ url, ...variant }: Listed) => variant))
  })

  it('has its row', async () => {
    const turned = source.orientation === 6
    const { width, height, format } = source
    expect(await pictureRow(world, user)).toMatchObject({
      source: 'upload',
      revision: id,
      email_hash: null,
      placeholder: expect.stringMatching(/^[A-Za-z0-9+/]{20,}=*$/),
      color: expect.stringMatching(/^#[0-9a-f]{6}$/),
      source_format: format,
      source_width: turned ? height : width,
      source_height: turned ? width : height,
    })
  })

  it('has a ready receipt with ordered times and no raw object', async () => {
    const receipt = await api.receipt(user, id)
    expect(receipt).toMatchObject({
      upload_id: id,
      state: 'ready',
      reason: null,
      msg: '',
      bytes: bytes.length,
      format: source.format,
    })
    const times = [receipt.accepted_at, receipt.started_at, receipt.finished_at].map(Date.parse)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(await receiptRow(world, id)).toMatchObject({ user_id: user, state: 'ready' })
    expect(await world.store.get(asObjectKey(`raw/${id}`))).toBeUndefined()
  })
})

interface Listed {
  readonly size: number
  readonly format: string
  readonly url: string
  readonly bytes: number
}

it('a transparent picture is transparent as WebP and white as JPEG', async () => {
  const user = someone()
  const clear = { r: 0, g: 0, b: 0, alpha: 0 }
  const create = { width: 90, height: 90, channels: 4, background: clear } as const
  const id = await api.upload(user, await sharp({ create }).png().toBuffer())
  expect(await world.outcome(id)).toBe('ready')
  const firstPixel = async (file: string) => {
    const { body } = await api.get(`/user/avatar/${user}/${id}/${file}`)
    return [...(await sharp(body).raw().toBuffer()).subarray(0, 4)]
  }
  expect((await firstPixel('64.webp'))[3]).toBe(0)
  expect((await firstPixel('64.jpg')).slice(0, 3)).toEqual([255, 255, 255])
})

it('the comparison detects another picture and a rotated one', async () => {
  const size = { width: 400, height: 300 }
  const [one, other] = [await photo(size), await photo({ ...size, seed: 2 })]
  const crop = (source: Buffer) => sharp(source).resize(256, 256, { fit: 'cover' })
  const close = await crop(one).png().toBuffer()
  expect(await difference(close, one, 256)).toBeLessThan(CLOSE)
  expect(await difference(close, other, 256)).toBeGreaterThan(FAR)
  expect(await difference(await crop(one).flop().png().toBuffer(), one, 256)).toBeGreaterThan(FAR)
  expect(await difference(await crop(one).rotate(90).toBuffer(), one, 256)).toBeGreaterThan(FAR)
})
