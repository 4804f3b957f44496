import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Rendered } from '../../apps/worker/src/image/rendered.ts'
import { at, deltaE, each, flat, of, paint } from '../support/pictures/pictures.ts'
import { renderPicture, shown } from '../support/pictures/rendered.ts'

const SIDE = 600
const SIZES = [512, 256, 128, 64]

/** Disc with a soft edge. Transparent pixels are black, as most programs write them. */
const disc = (color: readonly number[]) =>
  paint(SIDE, SIDE, (x, y) => {
    const over = SIDE / 3 - Math.hypot(x - SIDE / 2, y - SIDE / 2)
    const alpha = Math.max(0, Math.min(255, Math.round(128 + over * 64)))
    return alpha === 0 ? [0, 0, 0, 0] : [...color, alpha]
  })

const white = disc([255, 255, 255])
const red = disc([220, 40, 40])
const encoders = {
  PNG: () => of(white).png(),
  'PNG with a palette': () => of(white).png({ palette: true }),
  'PNG of 16 bits': () => of(white).toColourspace('rgb16').png(),
  'PNG of grey and alpha': () => of(white).toColourspace('b-w').png(),
  WebP: () => of(white).webp({ lossless: true }),
  GIF: () => of(white).gif(),
}

describe.each(Object.entries(encoders))('a white disc on transparency, as a %s', (_, encode) => {
  let rendered: Rendered

  beforeAll(async () => {
    rendered = await renderPicture(await encode().toBuffer())
  })

  test('is white on white in JPEG, with no dark fringe at any size', async () => {
    for (const size of SIZES)
      for (const [x, y, rgb] of each(await shown(rendered, 'jpeg', size)))
        if (Math.min(...rgb) < 250) expect.fail(`${size}: ${rgb} at ${x}, ${y}`)
  })

  test('keeps its alpha in WebP, and every visible pixel is white', async () => {
    for (const size of SIZES) {
      const raster = await shown(rendered, 'webp', size)
      expect(at(raster, 0, 0)[3]).toBe(0)
      expect(at(raster, size / 2, size / 2)).toEqual([255, 255, 255, 255])
      for (const [x, y, [r = 0, g = 0, b = 0, alpha = 0]] of each(raster))
        if (Math.min(r, g, b) < 255 - 16 && alpha > 16)
          expect.fail(`${size}: ${r}, ${g}, ${b}, ${alpha} at ${x}, ${y}`)
    }
  })
})

test('half transparency is blended with white in JPEG and kept in WebP', async () => {
  const half = paint(100, 100, () => [200, 0, 0, 128])
  const rendered = await renderPicture(await of(half).png().toBuffer())
  expect(deltaE(at(await shown(rendered, 'jpeg'), 50, 50), [227, 127, 127])).toBeLessThan(4)
  const [r = 0, g, b, alpha] = at(await shown(rendered, 'webp'), 50, 50)
  expect(deltaE([r, g ?? 0, b ?? 0], [200, 0, 0])).toBeLessThan(4)
  expect(alpha).toBe(128)
})

test('an opaque picture with alpha looks the same in both', async () => {
  const opaque = paint(100, 100, (x) => [x * 2, 100, 100, 255])
  const rendered = await renderPicture(await of(opaque).png().toBuffer())
  const [webp, jpeg] = [await shown(rendered, 'webp'), await shown(rendered, 'jpeg')]
  for (const x of [0, 50, 99])
    expect(deltaE(at(webp, x, 50).slice(0, 3), at(jpeg, x, 50))).toBeLessThan(6)
})

test('a fully transparent picture is white in JPEG', async () => {
  const nothing = paint(80, 80, () => [0, 0, 0, 0])
  const rendered = await renderPicture(await of(nothing).png().toBuffer())
  expect(at(await shown(rendered, 'jpeg'), 40, 40)).toEqual([255, 255, 255])
  expect(at(await shown(rendered, 'webp'), 40, 40)[3]).toBe(0)
})

test('a transparent picture also has PNG for clients that name no format', async () => {
  const { variants } = await renderPicture(await of(red).png().toBuffer())
  const stills = variants.filter(({ size }) => size === variants[0]?.size)
  expect(stills.map(({ format, fallback = false }) => [format, fallback])).toEqual([
    ['webp', false],
    ['jpeg', false],
    ['png', true],
  ])
  for (const { format, data } of variants)
    expect((await sharp(data).metadata()).hasAlpha, format).toBe(format !== 'jpeg')
})

test('an opaque alpha channel is no transparency', async () => {
  const opaque = of(flat(80, 80, [1, 2, 3])).ensureAlpha()
  const { variants } = await renderPicture(await opaque.png().toBuffer())
  expect(new Set(variants.map(({ format }) => format))).toEqual(new Set(['webp', 'jpeg']))
})

test('the dominant colour is a visible one', async () => {
  const { color } = await renderPicture(await of(red).png().toBuffer())
  const rgb = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16))
  const [disc, ground] = [deltaE(rgb, [220, 40, 40]), deltaE(rgb, [255, 255, 255])]
  expect(Math.min(disc, ground)).toBeLessThan(8)
})
