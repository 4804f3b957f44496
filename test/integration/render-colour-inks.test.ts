import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { deltaE2000 } from '../support/pictures/ciede2000.ts'
import { adapted, D50, D65, srgbOf, type Triple, xyzOfLab } from '../support/pictures/colour.ts'
import { adobe } from '../support/pictures/hostile/jpeg.ts'
import { cmykProfile } from '../support/pictures/icc.ts'
import { at, flat, of, type Samples } from '../support/pictures/pictures.ts'
import { jpeg, jpegProfile, middle, NEAR, worst } from '../support/pictures/profiled.ts'
import { renderPicture, shownInEach } from '../support/pictures/rendered.ts'

/**
 * Inks that no press has, so that nothing but this profile can lead to their colours. All of them
 * together are black and none is white, so that there is nothing to be stretched to either.
 */
const inks = (c: number, m: number, y: number, k: number): Triple => {
  const strength = (4 - c - m - y - k) / (k ? 12 : 4)
  return [
    100 - 15 * c - 22 * m - 6 * y - 57 * k,
    strength * (-25 * c + 30 * m - 3 * y),
    strength * (-25 * c + 35 * y),
  ]
}

const INKS = Array.from(
  { length: 16 },
  (_, i) => [i >> 3, (i >> 2) & 1, (i >> 1) & 1, i & 1] as const,
)

/** As every program writes CMYK into a JPEG: no ink is 255. */
const cmyk = ([c, m, y, k]: Samples, segments: readonly Buffer[]) => {
  const samples = [c, m, y, k].map((ink = 0) => 255 - 255 * ink)
  return jpeg(samples, segments, { components: [1, 2, 3, 4] })
}

/** YCCK: the inks C, M and Y taken for red, green and blue (T.871, section 7), K as it is. */
const ycck = ([c = 0, m = 0, y = 0, k = 0]: Samples, segments: readonly Buffer[]) => {
  const [r, g, b] = [255 * c, 255 * m, 255 * y]
  const samples = [
    0.299 * r + 0.587 * g + 0.114 * b,
    -0.1687 * r - 0.3313 * g + 0.5 * b + 128,
    0.5 * r - 0.4187 * g - 0.0813 * b + 128,
    255 - 255 * k,
  ].map((sample) => Math.min(255, Math.round(sample)))
  return jpeg(samples, [adobe(2), ...segments], { components: [1, 2, 3, 4] })
}

const printed = {
  'CMYK JPEG': cmyk,
  'CMYK JPEG of Adobe': (ink: Samples, more: readonly Buffer[]) => cmyk(ink, [adobe(0), ...more]),
  'YCCK JPEG of Adobe': ycck,
}

describe.each(Object.entries(printed))('inks in a %s', (_, encode) => {
  test('are shown as its profile says', async () => {
    const icc = jpegProfile(cmykProfile(inks))
    for (const [c, m, y, k] of INKS) {
      const wanted = srgbOf(adapted(xyzOfLab(inks(c, m, y, k), D50), D50, D65))
      expect(await worst(encode([c, m, y, k], icc), wanted), `${[c, m, y, k]}`).toBeLessThan(NEAR)
    }
  })

  test('are shown, where it has no profile, as by one for coated paper', async () => {
    const plain = of(flat(8, 8, [128, 128, 128])).withIccProfile('cmyk')
    const { icc } = await sharp(await plain.jpeg().toBuffer()).metadata()
    for (const ink of INKS) {
      const [wanted] = await shownInEach(
        await renderPicture(
          encode(ink, jpegProfile(icc as Buffer, Math.ceil((icc?.length ?? 0) / 60_000))),
        ),
      )
      if (!wanted) throw new Error('no format is rendered')
      expect(await worst(encode(ink, []), at(wanted, middle, middle)), `${ink}`).toBeLessThan(NEAR)
    }
  })
})

test('without a profile paper is white, all inks are dark, and each ink has its hue', async () => {
  const shown = async (...ink: number[]) => {
    const [raster] = await shownInEach(await renderPicture(cmyk(ink, [])))
    return raster ? at(raster, middle, middle) : []
  }
  expect(deltaE2000(await shown(0, 0, 0, 0), [255, 255, 255])).toBeLessThan(NEAR)
  for (const sample of await shown(1, 1, 1, 1)) expect(sample).toBeLessThan(50)
  for (const [least, ink] of [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ].entries()) {
    const samples = await shown(...ink)
    expect(samples.indexOf(Math.min(...samples))).toBe(least)
  }
})
