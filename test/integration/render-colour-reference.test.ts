import { describe, expect, test } from 'vitest'
import { ciede2000, deltaE2000 } from '../support/pictures/ciede2000.ts'
import { D65, shownAs, spaces, srgbOf, type Triple, xyzOf } from '../support/pictures/colour.ts'
import { pngChunk } from '../support/pictures/hostile/png.ts'
import { greyProfile, rgbProfile } from '../support/pictures/icc.ts'
import type { Samples } from '../support/pictures/pictures.ts'
import {
  jpeg,
  jpegProfile,
  NEAR,
  png,
  pngProfile,
  webp,
  worst,
} from '../support/pictures/profiled.ts'

describe('the measuring code conforms to CIEDE2000 and the colour spaces', () => {
  test.each<[Triple, Triple, number]>([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, -1, 2], [50, 0, 0], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ])('from %j to %j it is %f', (a, b, distance) => {
    expect(ciede2000(a, b)).toBeCloseTo(distance, 4)
    expect(ciede2000(b, a)).toBeCloseTo(distance, 4)
  })

  test('the red of sRGB is 234, 51, 35 in Display P3', () => {
    const [r = 0, g, b] = srgbOf(xyzOf(spaces.displayP3, [234 / 255, 51 / 255, 35 / 255]))
    expect([r, g, b].map((sample) => Math.round(sample ?? 0))).toEqual([255, 0, 0])
  })
})

/** Samples that are inside sRGB in every space, and a different colour in each. */
const COLOURS: readonly Triple[] = [
  [200, 120, 60],
  [150, 100, 90],
  [90, 120, 80],
  [120, 140, 180],
  [120, 170, 150],
]

const files: Readonly<Record<string, (samples: Samples, icc: Buffer) => Buffer | Promise<Buffer>>> =
  {
    PNG: (samples, icc) => png({}, samples, pngProfile(icc)),
    'interlaced PNG': (samples, icc) => png({ interlaced: true }, samples, pngProfile(icc)),
    'PNG with a palette': (samples, icc) =>
      png({ colour: 3 }, [0], pngProfile(icc), pngChunk('PLTE', Buffer.from(samples))),
    JPEG: (samples, icc) => jpeg(samples, jpegProfile(icc)),
    'JPEG with the profile in three parts': (samples, icc) => jpeg(samples, jpegProfile(icc, 3)),
    WebP: webp,
  }

describe.each(Object.entries(spaces))('%s', (_, space) => {
  test.each(Object.entries(files))('in a %s matches the formulas', async (_, encode) => {
    for (const samples of COLOURS) {
      const wanted = shownAs(space, samples)
      expect(await worst(await encode(samples, rgbProfile(space)), wanted)).toBeLessThan(NEAR)
    }
  })
})

test.each(['displayP3', 'adobeRgb'] as const)(
  '%s differs if a program ignores the profile',
  (name) => {
    for (const samples of COLOURS)
      expect(deltaE2000(samples, shownAs(spaces[name], samples))).toBeGreaterThan(NEAR)
  },
)

describe('grey', () => {
  const depths = [1, 2, 4, 8, 16]
  const alphaDepths = [8, 16]

  test.each(depths)('of %i bits is the same grey', async (depth) => {
    const most = 2 ** depth - 1
    for (const part of [0, 1, 0.4, 0.7]) {
      const sample = Math.round(part * most)
      const wanted = Array(3).fill((255 * sample) / most)
      expect(await worst(png({ depth, colour: 0 }, [sample]), wanted)).toBeLessThan(NEAR)
    }
  })

  test.each(alphaDepths)('of %i bits with alpha is the same grey', async (depth) => {
    const most = 2 ** depth - 1
    const sample = Math.round(most / 3)
    const file = png({ depth, colour: 4 }, [sample, most])
    expect(await worst(file, [85, 85, 85])).toBeLessThan(NEAR)
  })

  test('with a profile follows its curve', async () => {
    for (const part of [0.2, 0.5, 0.8]) {
      const light = part ** 1.4
      const wanted = srgbOf(D65.map((white) => white * light) as unknown as Triple)
      const icc = pngProfile(greyProfile((sample) => sample ** 1.4))
      const file = png({ colour: 0 }, [Math.round(part * 255)], icc)
      expect(await worst(file, wanted)).toBeLessThan(NEAR)
      expect(deltaE2000([part * 255, part * 255, part * 255], wanted)).toBeGreaterThan(4)
    }
  })
})
