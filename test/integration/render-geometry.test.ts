import { recipe, variantTypes } from '@visage/shared/avatar/recipe'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { at, deltaE, flat, of, paint, type Samples, scene } from '../support/pictures/pictures.ts'
import { renderPicture, shown, shownInEach } from '../support/pictures/rendered.ts'

const RED: Samples = [200, 40, 40]
const GREEN: Samples = [40, 160, 60]
const BLUE: Samples = [40, 60, 200]

describe('sizes', () => {
  test.each([
    [700, 700, [512, 256, 128, 64]],
    [512, 512, [512, 256, 128, 64]],
    [511, 900, [511, 256, 128, 64]],
    [300, 200, [200, 128, 64]],
    [64, 64, [64]],
    [40, 63, [40]],
    [2, 2, [2]],
    [1, 1, [1]],
    [1, 500, [1]],
    [3000, 2, [2]],
    [2, 3000, [2]],
    [16_384, 1, [1]],
  ])('of a picture of %i by %i are %j, in each format', async (width, height, sizes) => {
    const { variants, source } = await renderPicture(
      await of(scene(width, height)).png().toBuffer(),
    )
    expect(source).toEqual({ format: 'png', width, height })
    expect(variants.map(({ size, format }) => `${size} ${format}`)).toEqual(
      sizes.flatMap((size) => recipe.formats.map((format) => `${size} ${format}`)),
    )
    for (const { size, format, data } of variants)
      expect(await sharp(data).metadata()).toMatchObject({ format, width: size, height: size })
  })

  test('each has the media type of its bytes', async () => {
    const { variants } = await renderPicture(await of(scene(64, 64)).png().toBuffer())
    for (const { format, data } of variants)
      expect(variantTypes[format].mediaType).toBe(`image/${(await sharp(data).metadata()).format}`)
  })
})

describe('a square crop is centred', () => {
  const bands = (along: number, of: number) =>
    along * 3 < of ? RED : along * 3 < of * 2 ? GREEN : BLUE

  test.each([
    ['lying, and not shrunk', 900, 300],
    ['standing, and not shrunk', 300, 900],
    ['lying, and shrunk', 2100, 700],
    ['standing, and shrunk', 700, 2100],
  ])('%s', async (_, width, height) => {
    const raster = paint(width, height, (x, y) =>
      width > height ? bands(x, width) : bands(y, height),
    )
    const encoded = of(raster).jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    for (const shown of await shownInEach(await renderPicture(await encoded.toBuffer()))) {
      const far = shown.width - 4
      for (const [x, y] of [
        [3, 3],
        [far, 3],
        [3, far],
        [far, far],
      ] as const)
        expect(deltaE(at(shown, x, y), GREEN), `${x}, ${y}`).toBeLessThan(8)
    }
  })

  test.each([
    [101, 100],
    [100, 101],
    [103, 100],
  ])('to a pixel, where %i by %i cannot be halved', async (width, height) => {
    // Each line has a different brightness, so that the middle one shows the place of the crop.
    const lines = paint(width, height, (x, y) => {
      const value = (width > height ? x : y) * 2
      return [value, value, value]
    })
    const webp = await shown(await renderPicture(await of(lines).png().toBuffer()), 'webp')
    const [first = 0] = width > height ? at(webp, 0, 50) : at(webp, 50, 0)
    const cut = Math.abs(width - height) / 2
    expect(Math.abs(first / 2 - cut)).toBeLessThanOrEqual(1.5)
  })
})

describe('animations show their first frame', () => {
  const frames = [RED, GREEN, BLUE].map((color) =>
    of(flat(120, 90, color))
      .png()
      .toBuffer(),
  )
  const encoders = {
    gif: (joined: Sharp) => joined.gif({ delay: 100, loop: 0 }),
    webp: (joined: Sharp) => joined.webp({ lossless: true, delay: 100 }),
  }

  test.each(Object.entries(encoders))('%s', async (format, encode) => {
    const joined = sharp(await Promise.all(frames), { join: { animated: true } })
    const bytes = await encode(joined).toBuffer()
    expect((await sharp(bytes).metadata()).pages).toBe(3)
    const rendered = await renderPicture(bytes)
    expect(rendered.source).toEqual({ format, width: 120, height: 90 })
    for (const raster of await shownInEach(rendered)) {
      expect(raster).toMatchObject({ width: 90, height: 90 })
      expect(deltaE(at(raster, 45, 45).slice(0, 3), RED)).toBeLessThan(6)
    }
  })
})

describe('a smaller size is the same picture', () => {
  test('as the largest one', async () => {
    const rendered = await renderPicture(
      await of(scene(1600, 1200)).jpeg({ quality: 95 }).toBuffer(),
    )
    const largest = await shown(rendered, 'webp', 512)
    for (const size of [256, 128, 64]) {
      const smaller = await shown(rendered, 'webp', size)
      const scale = 512 / size
      for (const part of [0.2, 0.5, 0.8]) {
        const here = Math.floor(part * size)
        const there = Math.floor((here + 0.5) * scale)
        expect(deltaE(at(smaller, here, here), at(largest, there, there))).toBeLessThan(8)
      }
    }
  })
})
