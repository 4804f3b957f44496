import type { Reason } from '@visage/shared/errors/reasons'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Limits, limits } from '../../../../apps/worker/src/image/limits.ts'
import { gifOfFrames, webpOfFrames } from '../../../support/pictures/animations.ts'
import { gifOfSize, jpegOfSize, pngOfSize, webpOfSize } from '../../../support/pictures/headers.ts'
import { inspectFile } from '../../../support/pictures/inspect-file.ts'
import { of, scene } from '../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../support/pictures/rejection.ts'

const small = () => of(scene(40, 30))

/** A small file of each kind, and how its header is made to lie about its size. */
const kinds = {
  'baseline JPEG': [() => small().jpeg(), jpegOfSize],
  'progressive JPEG': [() => small().jpeg({ progressive: true }), jpegOfSize],
  PNG: [() => small().png(), pngOfSize],
  'interlaced PNG': [() => small().png({ progressive: true }), pngOfSize],
  GIF: [() => small().gif(), gifOfSize],
  WebP: [() => small().webp({ lossless: true }), webpOfSize],
} as const
type Kind = keyof typeof kinds

const names = Object.keys(kinds) as Kind[]
const files = new Map<Kind, Buffer>()

beforeAll(async () => {
  for (const kind of names) files.set(kind, await kinds[kind][0]().toBuffer())
})

const ofSize = (kind: Kind, width: number, height: number) =>
  kinds[kind][1](files.get(kind) as Buffer, width, height)

const reasonFor = async (bytes: Buffer, more: Partial<Limits> = {}): Promise<Reason | 'none'> =>
  (await rejectionOf(inspectFile(bytes, { ...limits, ...more })))?.reason ?? 'none'

describe('limits apply to the header alone, even without the pixels', () => {
  test.each<[Kind, number, number, Reason | 'none']>([
    ['baseline JPEG', 16_320, 12_240, 'none'],
    ['baseline JPEG', 15_000, 14_001, 'too_many_pixels'],
    ['PNG', 15_000, 14_000, 'none'],
    ['PNG', 15_000, 14_001, 'too_many_pixels'],
    ['progressive JPEG', 8000, 8000, 'none'],
    ['progressive JPEG', 8000, 8001, 'too_many_pixels'],
    ['interlaced PNG', 8000, 8000, 'none'],
    ['interlaced PNG', 8000, 8001, 'too_many_pixels'],
    ['GIF', 8000, 8000, 'none'],
    ['GIF', 8000, 8001, 'too_many_pixels'],
    ['WebP', 8000, 8000, 'none'],
    ['WebP', 8000, 8001, 'too_many_pixels'],
    ['baseline JPEG', 16_384, 1, 'none'],
    ['baseline JPEG', 16_385, 1, 'too_many_pixels'],
    ['PNG', 1, 16_384, 'none'],
    ['PNG', 1, 16_385, 'too_many_pixels'],
    ['GIF', 65_535, 65_535, 'too_many_pixels'],
    ['PNG', 1_000_000, 1_000_000, 'too_many_pixels'],
  ])('%s of %i by %i: %s', async (kind, width, height, reason) => {
    expect(await reasonFor(ofSize(kind, width, height))).toBe(reason)
  })

  const held = names.filter((kind) => kind !== 'baseline JPEG' && kind !== 'PNG')

  test.each(held)('a %s that takes too much memory as a whole', async (kind) => {
    const file = ofSize(kind, 40, 30)
    expect(await reasonFor(file, { decodedBytes: 40 * 30 * 4 })).toBe('none')
    expect(await reasonFor(file, { decodedBytes: 40 * 30 * 3 - 1 })).toBe('too_large_decoded')
  })

  test('16 bits a sample count twice, and alpha is a channel', async () => {
    const pixels = small().ensureAlpha().toColourspace('rgb16')
    const deep = await pixels.png({ progressive: true }).toBuffer()
    expect(await reasonFor(deep, { decodedBytes: 40 * 30 * 8 })).toBe('none')
    expect(await reasonFor(deep, { decodedBytes: 40 * 30 * 8 - 1 })).toBe('too_large_decoded')
  })

  test.each(names)('a %s without a pixel is refused or read as one pixel', async (kind) => {
    expect(await reasonFor(ofSize(kind, 0, 0))).toBe(kind === 'GIF' ? 'none' : 'corrupt')
  })
})

describe('an animation is limited in its frames', () => {
  const animations = { GIF: gifOfFrames, WebP: webpOfFrames }

  test.each(Object.entries(animations))('%s', async (_, make) => {
    expect(await reasonFor(await make(20), { frames: 20 })).toBe('none')
    expect(await reasonFor(await make(21), { frames: 20 })).toBe('too_many_frames')
    expect((await inspectFile(await make(20), limits)).animation?.frames).toBe(20)
  })

  test.each(Object.entries(animations))(
    'and if they are kept, the frames of a %s count as one picture',
    async (_, make) => {
      const bytes = await make(20)
      const { width, height } = await inspectFile(bytes, limits)
      const pixels = 20 * width * height
      const reason = async (more: Partial<Limits>, keep: boolean) =>
        (await rejectionOf(inspectFile(bytes, { ...limits, ...more }, keep)))?.reason
      expect(await reason({ heldPixels: pixels, decodedBytes: 4 * pixels }, true)).toBeUndefined()
      expect(await reason({ heldPixels: pixels - 1 }, true)).toBe('too_many_frames')
      expect(await reason({ decodedBytes: 3 * pixels - 1 }, true)).toBe('too_many_frames')
      expect(await reason({ heldPixels: pixels - 1 }, false)).toBeUndefined()
    },
  )

  test('a WebP with far too many is refused before the decoder counts them', async () => {
    // What the decoder would say is `truncated`: the file ends in the midst of its last frame.
    const bytes = await webpOfFrames(10_000)
    const error = await rejectionOf(inspectFile(bytes.subarray(0, bytes.length - 9), limits))
    expect(error?.reason).toBe('too_many_frames')
    expect(error?.message).toContain('more than 2000 frames')
  })
})

describe('the message', () => {
  test('says by how much the picture is too large', async () => {
    const error = await rejectionOf(inspectFile(ofSize('PNG', 16_000, 14_000), limits))
    expect(error?.message).toBe('This picture has 224 megapixels; send one of at most 210')
  })

  test('never shows a number equal to the limit', async () => {
    const error = await rejectionOf(inspectFile(ofSize('PNG', 15_000, 14_001), limits))
    const [, has, most] =
      /has ([\d.]+) megapixels.*at most ([\d.]+)/.exec(error?.message ?? '') ?? []
    expect(Number(has)).toBeGreaterThan(Number(most))
  })

  test('names the side that is too long', async () => {
    const error = await rejectionOf(inspectFile(ofSize('PNG', 20_000, 2), limits))
    expect(error?.message).toContain('20000 by 2 pixels')
    expect(error?.message).toContain('16384')
  })

  test('lists the accepted formats for another format', async () => {
    const error = await rejectionOf(inspectFile(Buffer.from('<svg/>'), limits))
    expect(error).toMatchObject({ reason: 'unsupported_format', code: 40050 })
    expect(error?.message).toBe('SVG is not accepted; send JPEG, PNG, WebP, GIF, AVIF or HEIC')
  })
})

describe('AVIF, if it is accepted', () => {
  const taking: Limits = { ...limits, accept: ['jpeg', 'avif'] }
  const avif = () => small().avif({ effort: 0 }).toBuffer()

  test('is reported by its own name', async () => {
    expect(await inspectFile(await avif(), taking)).toEqual({
      format: 'avif',
      width: 40,
      height: 30,
    })
  })

  test('is decoded completely and has that limit', async () => {
    expect(await reasonFor(await avif(), { ...taking, heldPixels: 1200 })).toBe('none')
    expect(await reasonFor(await avif(), { ...taking, heldPixels: 1199 })).toBe('too_many_pixels')
  })

  test('counts with the memory of its decoder', async () => {
    const size = Math.ceil(40 * 30 * 3 * 2.75)
    expect(await reasonFor(await avif(), { ...taking, decodedBytes: size })).toBe('none')
    expect(await reasonFor(await avif(), { ...taking, decodedBytes: size - 1 })).toBe(
      'too_large_decoded',
    )
  })

  test('is the only one: other formats are refused by name', async () => {
    const error = await rejectionOf(inspectFile(await small().png().toBuffer(), taking))
    expect(error?.message).toBe('PNG is not accepted; send JPEG or AVIF')
  })
})

describe('the inspection returns', () => {
  test.each(names)('the format and size of a %s', async (kind) => {
    const format = kind.split(' ').at(-1)?.toLowerCase()
    expect(await inspectFile(ofSize(kind, 40, 30), limits)).toEqual({
      format,
      width: 40,
      height: 30,
    })
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i: the visible size', async (orientation) => {
    const bytes = await small().withMetadata({ orientation }).jpeg().toBuffer()
    const [width, height] = orientation < 5 ? [40, 30] : [30, 40]
    expect(await inspectFile(bytes, limits)).toEqual({
      format: 'jpeg',
      width,
      height,
      ...(orientation > 1 ? { orientation } : {}),
    })
  })
})
