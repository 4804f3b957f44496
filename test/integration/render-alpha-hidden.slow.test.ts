import { describe, expect, test } from 'vitest'
import { deltaE2000 } from '../support/pictures/ciede2000.ts'
import { type PngHeader, pngChunk, pngData, pngFile } from '../support/pictures/hostile/png.ts'
import { at, each, of, paint, type Raster, type Samples } from '../support/pictures/pictures.ts'
import { renderPicture, shown, shownInEach } from '../support/pictures/rendered.ts'

const SIZES = [512, 256, 128, 64]
const RED = [220, 40, 40]
/** Colours that editors leave in transparent pixels. */
const HIDDEN: readonly Samples[] = [
  [0, 0, 0],
  [0, 255, 0],
  [255, 255, 255],
]

/** Disc with a soft edge on transparent pixels of this colour. */
const disc = (hidden: Samples, side: number) =>
  paint(side, side, (x, y) => {
    const over = side / 3 - Math.hypot(x - side / 2, y - side / 2)
    const alpha = Math.max(0, Math.min(255, Math.round(128 + over * 64)))
    return [...(alpha === 0 ? hidden : RED), alpha]
  })

/** Red and transparent squares of 2 by 2 pixels: every size blends equal parts of both. */
const chequered = (hidden: Samples) =>
  paint(1024, 1024, (x, y) => (((x >> 1) + (y >> 1)) % 2 ? [...RED, 255] : [...hidden, 0]))

const over = (ground: number, [r = 0, g = 0, b = 0, alpha = 255]: Samples) =>
  [r, g, b].map((sample) => (sample * alpha + ground * (255 - alpha)) / 255)

/** Returns the largest sample difference of two pictures on black and on white. */
function apart(one: Raster, two: Raster, ground: number): number {
  let most = 0
  for (const [x, y, samples] of each(one))
    for (const [i, sample] of over(ground, at(two, x, y)).entries())
      most = Math.max(most, Math.abs(sample - (over(ground, samples)[i] ?? 0)))
  return most
}

describe('the colour of a transparent pixel', () => {
  /** Maximum difference: scaling clears hidden colours, but unscaled lossy WebP blends a little of them into the edge. */
  test.each([
    [300, 24],
    [600, 0],
    [1500, 0],
  ])('makes no difference, in %i pixels a side: at most %i', async (side, most) => {
    const [first, ...others] = await Promise.all(
      HIDDEN.map(async (hidden) => renderPicture(await of(disc(hidden, side)).png().toBuffer())),
    )
    if (!first) throw new Error('nothing was rendered')
    for (const other of others)
      for (const { format, size } of first.variants) {
        const [one, two] = [await shown(first, format, size), await shown(other, format, size)]
        for (const ground of [0, 255]) expect(apart(one, two, ground)).toBeLessThanOrEqual(most)
      }
  })

  test.each(HIDDEN)('of %i, %i, %i does not affect blended pixels', async (...hidden) => {
    const rendered = await renderPicture(await of(chequered(hidden)).png().toBuffer())
    const wanted = over(255, [...RED, 127.5])
    for (const size of SIZES.slice(1))
      for (const format of ['webp', 'jpeg'] as const) {
        const raster = await shown(rendered, format, size)
        for (const place of [size / 4, size / 2, size - 9])
          expect(deltaE2000(over(255, at(raster, place, place)), wanted)).toBeLessThan(2)
      }
  })
})

const small = { width: 64, height: 64 }
const fill = (header: PngHeader, samples: Samples, ...chunks: readonly Buffer[]) =>
  pngFile(
    header,
    ...chunks,
    pngData(header, () => samples),
  )

/** PNG, section 11.3.2.1: one transparent colour or grey, or an alpha for each palette colour. */
const kinds: Readonly<Record<string, readonly [file: Buffer, seen: Samples]>> = {
  'a palette with a half clear colour': [
    fill(
      { ...small, colour: 3 },
      [1],
      pngChunk('PLTE', Buffer.from([0, 0, 0, ...RED])),
      pngChunk('tRNS', Buffer.from([255, 128])),
    ),
    [...RED, 128],
  ],
  'a palette whose alphas are fewer than its colours': [
    fill(
      { ...small, colour: 3 },
      [1],
      pngChunk('PLTE', Buffer.from([0, 0, 0, ...RED])),
      pngChunk('tRNS', Buffer.from([0])),
    ),
    [...RED, 255],
  ],
  'a colour that is clear': [
    fill({ ...small, colour: 2 }, RED, pngChunk('tRNS', Buffer.from([0, 220, 0, 40, 0, 40]))),
    [0, 0, 0, 0],
  ],
  'another colour that is clear': [
    fill({ ...small, colour: 2 }, RED, pngChunk('tRNS', Buffer.from([0, 221, 0, 40, 0, 40]))),
    [...RED, 255],
  ],
  'a grey that is clear': [
    fill({ ...small, colour: 0 }, [77], pngChunk('tRNS', Buffer.from([0, 77]))),
    [0, 0, 0, 0],
  ],
  'grey and alpha': [fill({ ...small, colour: 4 }, [77, 51]), [77, 77, 77, 51]],
  'grey and alpha of 16 bits': [
    fill({ ...small, colour: 4, depth: 16 }, [77 * 257, 51 * 257]),
    [77, 77, 77, 51],
  ],
  'colours and alpha of 16 bits': [
    fill(
      { ...small, colour: 6, depth: 16 },
      [...RED, 51].map((sample) => sample * 257),
    ),
    [...RED, 51],
  ],
}

describe('alpha is preserved', () => {
  test.each(Object.entries(kinds))('of a PNG with %s', async (_, [file, seen]) => {
    const [webp, jpeg] = await shownInEach(await renderPicture(file))
    if (!webp || !jpeg) throw new Error('a format is missing')
    const shownAlpha = at(webp, 32, 32)[3] ?? 255
    expect(shownAlpha).toBe(seen[3])
    for (const ground of [0, 255])
      expect(deltaE2000(over(ground, at(webp, 32, 32)), over(ground, seen))).toBeLessThan(2)
    expect(deltaE2000(at(jpeg, 32, 32), over(255, seen))).toBeLessThan(2)
  })
})
