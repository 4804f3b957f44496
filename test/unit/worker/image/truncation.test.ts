import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { isTruncated } from '../../../../apps/worker/src/image/truncation.ts'
import { jpegSegment, withComment, withSegments } from '../../../support/pictures/headers.ts'
import { noise, of } from '../../../support/pictures/pictures.ts'

const pixels = noise(40, 40)

const jpeg = () => of(pixels).jpeg().toBuffer()
const gif = () => of(pixels).gif().toBuffer()
const files = {
  JPEG: jpeg,
  'progressive JPEG': () => of(pixels).jpeg({ progressive: true }).toBuffer(),
  'JPEG with a thumbnail, which has an end of its own': async () => {
    const thumbnail = await of(noise(8, 8)).jpeg().toBuffer()
    return withSegments(await jpeg(), jpegSegment(0xe1, thumbnail))
  },
  PNG: () => of(pixels).png().toBuffer(),
  WebP: () => of(pixels).webp().toBuffer(),
  AVIF: () => of(pixels).avif({ effort: 0 }).toBuffer(),
  GIF: gif,
  'GIF with a comment': async () => withComment(await gif(), 'hi'),
}

describe.each(Object.entries(files))('a %s', (_, make) => {
  let whole: Buffer

  beforeAll(async () => {
    whole = await make()
  })

  test('that is complete is not truncated, with or without bytes after its end', () => {
    expect(isTruncated(whole)).toBe(false)
    expect(isTruncated(Buffer.concat([whole, Buffer.from('garbage')]))).toBe(false)
  })

  test('that is cut anywhere after its signature is truncated', () => {
    for (let length = 12; length < whole.length; length++)
      expect(isTruncated(whole.subarray(0, length)), `${length} of ${whole.length}`).toBe(true)
  })

  test('that is cut within its signature never throws', () => {
    for (let length = 0; length < 12; length++) isTruncated(whole.subarray(0, length))
  })

  test('with a damaged middle is not truncated', () => {
    const damaged = Buffer.from(whole)
    damaged.fill(0x55, whole.length - 60, whole.length - 50)
    expect(isTruncated(damaged)).toBe(false)
  })

  test('with changed bytes never makes it throw or loop', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 64 }), (start, bytes) => {
        const changed = Buffer.from(whole)
        changed.set(bytes.subarray(0, whole.length - start), start)
        expect(typeof isTruncated(changed)).toBe('boolean')
      }),
    )
  })
})

test('a file that is not a picture is not truncated', () => {
  for (const text of ['', 'text', '<svg>']) expect(isTruncated(Buffer.from(text))).toBe(false)
})
