import { CENTRED, type Framing } from '@visage/shared/avatar/framing'
import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import type { Rendered } from '../../apps/worker/src/image/rendered.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  at,
  deltaE,
  difference,
  flat,
  noise,
  open,
  paint,
  type Raster,
  type Samples,
} from '../support/pictures/pictures.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'

const RED: Samples = [200, 40, 40]
const GREEN: Samples = [40, 160, 60]
const BLUE: Samples = [40, 60, 200]
const COLORS = [RED, GREEN, BLUE]

interface Timing {
  readonly delay?: number[]
  readonly loop?: number
}
type Container = 'gif' | 'webp'
const CONTAINERS = ['gif', 'webp'] as const

async function animation(
  frames: Raster[],
  as: Container,
  timing: Timing = {},
  orientation = 1,
): Promise<Buffer> {
  const [{ width, height, channels } = flat(1, 1, RED)] = frames
  const raw = { width, height: height * frames.length, channels, pageHeight: height }
  const data = Buffer.concat(frames.map((frame) => frame.data))
  const joined = sharp(data, { raw, pages: -1 }).withMetadata({ orientation })
  const options = { delay: frames.map(() => 100), loop: 0, ...timing }
  const encoded =
    as === 'gif' ? joined.gif(options) : joined.webp({ ...options, lossless: true, effort: 0 })
  return encoded.toBuffer()
}

const colored = (as: Container, timing?: Timing, width = 120, height = 90) =>
  animation(
    COLORS.map((color) => flat(width, height, color)),
    as,
    timing,
  )

/** Noise that differs for each number. */
function grain(number: number): Raster {
  const { data, ...shape } = noise(150, 150)
  return { ...shape, data: Buffer.from(data.map((sample) => sample ^ (number * 37))) }
}

const keeping = (bytes: Buffer, more: Partial<Recipe> = {}, framing: Framing = CENTRED) =>
  render(bytes, { ...recipe, animated: 'keep', ...more }, limits, framing)

const moving = ({ variants }: Rendered) => variants.filter(({ animated }) => animated)
const still = ({ variants }: Rendered) => variants.filter(({ animated }) => !animated)
const namesOf = (variants: Rendered['variants']) => variants.map((v) => `${v.size} ${v.format}`)

/** Returns the frames as a viewer shows them. */
async function play({ data }: { data: Buffer }): Promise<Raster[]> {
  const { pages = 1 } = await sharp(data).metadata()
  const frames = Array.from({ length: pages }, (_, page) =>
    sharp(data, { page }).raw().toBuffer({ resolveWithObject: true }),
  )
  return (await Promise.all(frames)).map(({ data, info }) => ({
    data,
    width: info.width,
    height: info.height,
    channels: info.channels as Raster['channels'],
  }))
}

describe.each(CONTAINERS)('an animated %s', (as) => {
  test('that is kept has all its frames at each size, beside stills of the first frame', async () => {
    const rendered = await keeping(await colored(as))
    expect(namesOf(moving(rendered))).toEqual(['90 webp', '64 webp'])
    for (const variant of moving(rendered)) {
      const frames = await play(variant)
      expect(frames).toHaveLength(3)
      for (const [i, frame] of frames.entries()) {
        expect(frame).toMatchObject({ width: variant.size, height: variant.size })
        const middle = variant.size / 2
        expect(deltaE(at(frame, middle, middle).slice(0, 3), COLORS[i] as Samples)).toBeLessThan(6)
      }
    }
  })

  test('has the same stills, placeholder and colour whether it is kept or not', async () => {
    const bytes = await colored(as)
    const [kept, first] = [await keeping(bytes), await render(bytes, recipe, limits)]
    expect(moving(first)).toEqual([])
    expect(still(kept)).toEqual(first.variants)
    expect(kept).toMatchObject({ placeholder: first.placeholder, color: first.color })
  })

  test.each([
    [[20, 100, 3000], 0],
    [[50, 50, 50], 1],
    [[50, 60, 50], 7],
  ])('of delays %j that is played %i times moves as its source does', async (delay, loop) => {
    for (const { data } of moving(await keeping(await colored(as, { delay, loop }))))
      expect(await sharp(data).metadata()).toMatchObject({ pages: 3, delay, loop })
  })

  test('gives the same bytes for the same bytes', async () => {
    const bytes = await colored(as)
    const [one, other] = await Promise.all([keeping(bytes), keeping(bytes)])
    expect(other).toEqual(one)
  })

  test('of one frame is a still', async () => {
    const bytes = await animation([flat(90, 90, RED)], as)
    expect(moving(await keeping(bytes))).toEqual([])
  })

  test('whose frames together are too large is rejected if it is kept, else shown as a still', async () => {
    const bytes = await colored(as)
    const within = { ...limits, heldPixels: 3 * 120 * 90 - 1 }
    const kept = render(bytes, { ...recipe, animated: 'keep' }, within)
    await expect(kept).rejects.toMatchObject({ reason: 'too_many_frames' })
    expect((await render(bytes, recipe, within)).variants).not.toEqual([])
  })
})

test('a GIF that is cut off in a later frame is the still of its first', async () => {
  const bytes = await animation([1, 2, 3].map(grain), 'gif')
  for (const part of [0.5, 0.7, 0.99]) {
    const rendered = await keeping(bytes.subarray(0, bytes.length * part))
    expect(moving(rendered), `${part}`).toEqual([])
    expect(still(rendered), `${part}`).not.toEqual([])
  }
})

test('a WebP that is cut off in a later frame is rejected: Chromium shows nothing of it', async () => {
  const bytes = await animation([1, 2, 3].map(grain), 'webp')
  for (const part of [0.5, 0.7, 0.99]) {
    const error = await rejectionOf(keeping(bytes.subarray(0, bytes.length * part)))
    expect(error?.reason, `${part}`).toBe('truncated')
  }
})

test('a GIF without only its trailer is animated', async () => {
  const gif = await colored('gif')
  expect(moving(await keeping(gif.subarray(0, -1)))).toHaveLength(2)
})

test('an animation has sizes up to 256, and its stills have all sizes', async () => {
  const rendered = await keeping(await colored('gif', {}, 600, 600))
  expect(namesOf(moving(rendered))).toEqual(['256 webp', '128 webp', '64 webp'])
  expect(namesOf(still(rendered)).slice(0, 2)).toEqual(['512 webp', '512 jpeg'])
})

test('an animation is WebP regardless of the formats of the stills', async () => {
  const rendered = await keeping(await colored('gif'), { formats: ['jpeg'] })
  expect(namesOf(rendered.variants)).toEqual(['90 jpeg', '64 jpeg', '90 webp', '64 webp'])
})

test('no frame contains lines of its neighbours', async () => {
  const halves = (y: number) => (y < 150 ? [250, 250, 250] : [5, 5, 5])
  const frames = [0, 1, 2].map((n) =>
    paint(300, 300, (x, y) => (x < 30 ? (COLORS[n] as Samples) : halves(y))),
  )
  for (const variant of moving(await keeping(await animation(frames, 'webp'))))
    for (const frame of await play(variant)) {
      const last = variant.size - 1
      const column = Math.floor(variant.size / 2)
      expect(at(frame, column, 0)[0]).toBeGreaterThan(235)
      expect(at(frame, column, last)[0]).toBeLessThan(20)
    }
})

test('transparency is kept in every frame', async () => {
  const dots = COLORS.map((color, n) =>
    paint(90, 90, (x) => (Math.floor(x / 30) === n ? [...color, 255] : [0, 0, 0, 0])),
  )
  const [largest] = moving(await keeping(await animation(dots, 'webp')))
  const frames = await play(largest as { data: Buffer })
  for (const [n, frame] of frames.entries())
    for (const column of [0, 1, 2])
      expect(at(frame, column * 30 + 15, 45)[3]).toBe(column === n ? 255 : 0)
})

/** Removes the alpha channel, which the decoder of animations always adds. */
function opaque(raster: Raster): Raster {
  return paint(raster.width, raster.height, (x, y) => at(raster, x, y).slice(0, 3))
}

describe('every frame has the crop of the first one', () => {
  const WIDTH = 900

  /** Detailed square that moves to the right, on grey. */
  async function wandering(): Promise<Buffer> {
    const busy = await photo({ format: 'png', width: 200, height: 200 })
    const frames = [600, 300, 0].map(async (left) => {
      const background = '#888'
      const create = { width: WIDTH, height: 200, channels: 3, background } as const
      const composed = sharp({ create }).composite([{ input: busy, left, top: 0 }])
      return open(await composed.png().toBuffer())
    })
    return animation(await Promise.all(frames), 'webp')
  }

  test.each<[string, Framing]>([
    ['the middle', CENTRED],
    ['what draws the eye', { gravity: 'attention' }],
    ['most detail', { gravity: 'entropy' }],
    ['a rectangle', { crop: { x: 560, y: 20, width: 150, height: 120 } }],
    ['a rectangle of its own size', { crop: { x: 610, y: 10, width: 101, height: 101 } }],
  ])('by %s', async (_, framing) => {
    const rendered = await keeping(await wandering(), {}, framing)
    for (const variant of moving(rendered)) {
      const [first, second] = (await play(variant)) as [Raster, Raster]
      const beside = still(rendered).find(
        ({ size, format }) => size === variant.size && format === 'webp',
      )
      const shown = opaque(await open(beside?.data as Buffer))
      expect(difference(opaque(first), shown)).toBeLessThan(6)
      expect(difference(opaque(second), shown)).toBeGreaterThan(8)
    }
  })
})

test('the Exif orientation of an animation is ignored', async () => {
  const frames = COLORS.map((color) => flat(120, 60, color))
  const bytes = await animation(frames, 'webp', {}, 6)
  const rendered = await keeping(bytes)
  expect(rendered.source).toMatchObject({ width: 120, height: 60 })
  expect(moving(rendered)).toHaveLength(1)
})
