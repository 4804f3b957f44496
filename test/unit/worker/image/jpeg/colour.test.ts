import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openJpeg } from '../../../../../apps/worker/src/image/jpeg/open.ts'
import { spaces } from '../../../../support/pictures/colour.ts'
import { adobe, jpegFile, segment } from '../../../../support/pictures/hostile/jpeg.ts'
import { cmykProfile, greyProfile, rgbProfile } from '../../../../support/pictures/icc.ts'
import { jpegProfile } from '../../../../support/pictures/profiled.ts'

type Samples = readonly number[]

const p3 = rgbProfile(spaces.displayP3)
const linear = (sample: number) => sample
/** Its darkest colour, of all inks, is a grey with an L of 15. */
const inks = cmykProfile((c, m, y, k) => [
  (1 - k) * (100 - 40 * c - 30 * m - 15 * y),
  60 * (m - c),
  60 * (y - c),
])

/** One colour. The samples of CMYK are inverted, as all programs store them. */
function jpeg(samples: Samples, ...segments: readonly Buffer[]): Buffer {
  const components = samples.length === 3 ? [...Buffer.from('RGB')] : samples.map((_, i) => i + 1)
  return jpegFile({ width: 16, height: 16, components, paint: () => samples, segments })
}

async function colourOf(file: Buffer): Promise<number[]> {
  const image = sharp(openJpeg(file).file, { failOn: 'warning' }).toColourspace('srgb')
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const [r = 0, g = r, b = r] = data.subarray(0, info.channels)
  return info.channels < 3 ? [r, r, r] : [r, g, b]
}

const distance = (a: Samples, b: Samples) => Math.max(...a.map((v, i) => Math.abs(v - (b[i] ?? 0))))

function edited(profile: Buffer, edit: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(profile)
  edit(copy)
  return copy
}

const part = (number: number, count: number, data: Buffer) =>
  segment(0xe2, Buffer.from('ICC_PROFILE\0'), [number, count], data)
const [head, tail] = [p3.subarray(0, 400), p3.subarray(400)]

describe('a profile that Chromium uses is used:', () => {
  test.each<[string, readonly Buffer[]]>([
    ['parts in the wrong order', [part(2, 2, tail), part(1, 2, head)]],
    ['an empty part before it', [part(1, 1, Buffer.alloc(0)), part(1, 1, p3)]],
    ['a part after the last', [part(1, 1, p3), part(1, 1, Buffer.alloc(200))]],
    [
      'a length that is too small',
      jpegProfile(edited(p3, (copy) => copy.writeUInt32BE(p3.length - 2))),
    ],
    ['a length of 0', jpegProfile(edited(p3, (copy) => copy.writeUInt32BE(0)))],
    [
      'a length that is too large',
      jpegProfile(edited(p3, (copy) => copy.writeUInt32BE(2 ** 32 - 1))),
    ],
    ['bytes after its end', jpegProfile(Buffer.concat([p3, Buffer.alloc(50, 7)]))],
    ['the kind of a device link', jpegProfile(edited(p3, (copy) => copy.write('link', 12)))],
  ])('%s', async (_, segments) => {
    const sample: Samples = [180, 90, 60]
    const right = await colourOf(jpeg(sample, ...jpegProfile(p3)))
    expect(distance(right, sample)).toBeGreaterThan(10)
    expect(distance(await colourOf(jpeg(sample, ...segments)), right)).toBeLessThanOrEqual(1)
  })
})

describe('a profile that Chromium ignores is not used:', () => {
  test.each<[string, readonly Buffer[]]>([
    ['a part is missing', [part(1, 2, p3)]],
    ['a part is repeated', [part(1, 2, head), part(1, 2, head), part(2, 2, tail)]],
    ['the parts disagree on their number', [part(1, 2, head), part(2, 3, tail)]],
    ['a count of 0', [part(1, 0, p3)]],
    ['parts from 0', [part(0, 2, head), part(1, 2, tail)]],
    ['a part before it is no profile', [part(1, 1, Buffer.alloc(200, 1)), part(1, 1, p3)]],
    ['no signature', jpegProfile(edited(p3, (copy) => copy.write('none', 36)))],
    ['version 1', jpegProfile(edited(p3, (copy) => copy.fill(1, 8, 9)))],
    ['version 5', jpegProfile(edited(p3, (copy) => copy.fill(5, 8, 9)))],
    ['it is cut', jpegProfile(p3.subarray(0, -40))],
    ['a tag outside of it', jpegProfile(edited(p3, (copy) => copy.writeUInt32BE(99_999_999, 136)))],
    ['a profile for CMYK', jpegProfile(inks)],
    ['a profile for grey', jpegProfile(greyProfile(linear))],
  ])('%s', async (_, segments) => {
    const sample: Samples = [180, 90, 60]
    expect(distance(await colourOf(jpeg(sample, ...segments)), sample)).toBeLessThanOrEqual(1)
  })
})

describe('grey', () => {
  test.each<[string, Buffer]>([
    ['a grey profile', greyProfile(linear)],
    ['the curve of an RGB profile', rgbProfile({ ...spaces.srgb, toLight: linear })],
  ])('has the colours of %s', async (_, profile) => {
    expect(
      distance(await colourOf(jpeg([96], ...jpegProfile(profile))), [165, 165, 165]),
    ).toBeLessThanOrEqual(1)
  })

  test('ignores a profile for CMYK', async () => {
    expect(
      distance(await colourOf(jpeg([96], ...jpegProfile(inks))), [96, 96, 96]),
    ).toBeLessThanOrEqual(1)
  })
})

describe('CMYK', () => {
  const stored: readonly Samples[] = [
    [255, 255, 255, 255],
    [0, 255, 255, 255],
    [55, 155, 235, 175],
    [120, 30, 200, 90],
    [10, 20, 15, 250],
  ]
  const multiplied = (inverted: Samples) =>
    inverted.slice(0, 3).map((v) => (v * (inverted[3] ?? 0)) / 255)

  test.each<[string, readonly Buffer[]]>([
    ['without a profile', []],
    ['marked by Adobe', [adobe(0)]],
    ['with an RGB profile', jpegProfile(p3)],
    ['with a damaged profile', jpegProfile(inks.subarray(0, 300))],
  ])('%s is the product of its inks and black', async (_, segments) => {
    for (const samples of stored)
      expect(
        distance(await colourOf(jpeg(samples, ...segments)), multiplied(samples)),
      ).toBeLessThanOrEqual(3)
  })

  test('with a profile has the colours of the same product as inks without black', async () => {
    for (const samples of stored) {
      const product = [...multiplied(samples).map(Math.round), 255]
      const colour = await colourOf(jpeg(samples, ...jpegProfile(inks)))
      expect(
        distance(colour, await colourOf(jpeg(product, ...jpegProfile(inks)))),
      ).toBeLessThanOrEqual(8)
    }
  })

  test.each<[string, Samples, Samples]>([
    ['white', [255, 255, 255, 255], [255, 255, 255]],
    // The grey of an L of 15 by the formulas of ISO 11664-4 and IEC 61966-2-1.
    ['black', [255, 255, 255, 0], [38, 38, 38]],
  ])('with a profile converts %s without scaling black', async (_, samples, wanted) => {
    const near = distance(await colourOf(jpeg(samples, ...jpegProfile(inks))), wanted)
    expect(near).toBeLessThanOrEqual(4)
  })
})

test('a file with a sound profile is not copied', () => {
  const file = jpeg([180, 90, 60], ...jpegProfile(p3, 2))
  expect(openJpeg(file).file).toBe(file)
})
