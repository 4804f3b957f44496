import { describe, expect, test } from 'vitest'
import { deltaE2000 } from '../support/pictures/ciede2000.ts'
import { adapted, D50, D65, srgbOf, type Triple, xyzOfLab } from '../support/pictures/colour.ts'
import { adobe, jpegFile } from '../support/pictures/hostile/jpeg.ts'
import { cmykProfile } from '../support/pictures/icc.ts'
import { at, type Samples } from '../support/pictures/pictures.ts'
import { jpegProfile, NEAR } from '../support/pictures/profiled.ts'
import { renderPicture, shownInEach } from '../support/pictures/rendered.ts'

/**
 * Inks of no real press, so that only this profile gives their colours. All inks together are
 * black and no ink is white, so that no white or black point is stretched.
 */
const inks = (c: number, m: number, y: number, k: number): Triple => {
  const strength = (4 - c - m - y - k) / (k ? 12 : 4)
  return [
    100 - 15 * c - 22 * m - 6 * y - 57 * k,
    strength * (-25 * c + 30 * m - 3 * y),
    strength * (-25 * c + 35 * y),
  ]
}

type Inks = readonly [c: number, m: number, y: number, k: number]

const INKS = Array.from({ length: 16 }, (_, i): Inks => [i >> 3, (i >> 2) & 1, (i >> 1) & 1, i & 1])

/** Patches in a side of the chart: one for each of INKS. Each is 8 blocks of 8 pixels wide. */
const SIDE = 4
const BLOCKS = 8
const PIXELS = 8 * BLOCKS

/** Returns a picture with a patch of each ink. */
function chart(samplesOf: (inks: Inks) => Samples, segments: readonly Buffer[]): Buffer {
  const paint = (column: number, row: number) => {
    const index = Math.floor(row / BLOCKS) * SIDE + Math.floor(column / BLOCKS)
    return samplesOf(INKS[index] ?? [0, 0, 0, 0])
  }
  const side = SIDE * PIXELS
  return jpegFile({ width: side, height: side, components: [1, 2, 3, 4], paint, segments })
}

/** CMYK in a JPEG is inverted: no ink is 255. */
const cmyk = (segments: readonly Buffer[]) =>
  chart((inks) => inks.map((ink) => 255 - 255 * ink), segments)

/** YCCK: the inks C, M and Y taken for red, green and blue (T.871, section 7), K as it is. */
const ycck = (segments: readonly Buffer[]) =>
  chart(
    ([c, m, y, k]) => {
      const [r, g, b] = [255 * c, 255 * m, 255 * y]
      const samples = [
        0.299 * r + 0.587 * g + 0.114 * b,
        -0.1687 * r - 0.3313 * g + 0.5 * b + 128,
        0.5 * r - 0.4187 * g - 0.0813 * b + 128,
        255 - 255 * k,
      ]
      return samples.map((sample) => Math.min(255, Math.round(sample)))
    },
    [adobe(2), ...segments],
  )

const printed = {
  'CMYK JPEG': cmyk,
  'CMYK JPEG of Adobe': (more: readonly Buffer[]) => cmyk([adobe(0), ...more]),
  'YCCK JPEG of Adobe': ycck,
}

/** Returns the rendered colours of the patches in each format. */
async function patches(file: Buffer): Promise<Samples[][]> {
  const rasters = await shownInEach(await renderPicture(file))
  const middle = (index: number) => (index + 0.5) * PIXELS
  return rasters.map((raster) =>
    INKS.map((_, i) => at(raster, middle(i % SIDE), middle(Math.floor(i / SIDE)))),
  )
}

async function expectNear(file: Buffer, wanted: readonly Samples[]): Promise<void> {
  for (const shown of await patches(file))
    for (const [i, inks] of INKS.entries())
      expect(deltaE2000(shown[i] ?? [], wanted[i] ?? []), `${inks}`).toBeLessThan(NEAR)
}

/** Chromium multiplies C, M and Y by K before all else: with K, all other inks are full. */
const withoutBlack = ([c, m, y, k]: Inks): Inks => (k ? [1, 1, 1, 0] : [c, m, y, 0])

describe.each(Object.entries(printed))('inks in a %s', (_, encode) => {
  test('are converted with its profile, without black', async () => {
    const file = encode(jpegProfile(cmykProfile(inks)))
    const seen = INKS.map((some) =>
      srgbOf(adapted(xyzOfLab(inks(...withoutBlack(some)), D50), D50, D65)),
    )
    await expectNear(file, seen)
  })

  test('are shown as sRGB without them if it has no profile', async () => {
    const seen = INKS.map((some) => {
      const [c, m, y] = withoutBlack(some)
      return [255 - 255 * c, 255 - 255 * m, 255 - 255 * y]
    })
    await expectNear(encode([]), seen)
  })
})

test('without a profile, paper is white, all inks together are dark, and each ink has its hue', async () => {
  const [seen = []] = await patches(cmyk([]))
  const shown = (...wanted: Inks) =>
    seen[INKS.findIndex((inks) => inks.join() === wanted.join())] ?? []
  expect(deltaE2000(shown(0, 0, 0, 0), [255, 255, 255])).toBeLessThan(NEAR)
  for (const sample of shown(1, 1, 1, 1)) expect(sample).toBeLessThan(50)
  for (const [least, ink] of [shown(1, 0, 0, 0), shown(0, 1, 0, 0), shown(0, 0, 1, 0)].entries())
    expect(ink.indexOf(Math.min(...ink))).toBe(least)
})
