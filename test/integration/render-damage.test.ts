import type { Reason } from '@visage/shared/errors/reasons'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { noise, of } from '../support/pictures/pictures.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'
import { renderPicture } from '../support/pictures/rendered.ts'

const BAD: readonly (Reason | undefined)[] = ['truncated', 'corrupt']
const pixels = noise(100, 100)

/** The end of the last block, the Adler-32, the checksum of the chunk, and IEND. */
const PNG_END = 2 + 4 + 4 + 12

/** `end`: number of bytes at the end of the file that only mark its end. */
const files = {
  'baseline JPEG': { make: () => of(pixels).jpeg(), end: 2 },
  'progressive JPEG': { make: () => of(pixels).jpeg({ progressive: true }), end: 2 },
  PNG: { make: () => of(pixels).png(), end: PNG_END },
  'interlaced PNG': { make: () => of(pixels).png({ progressive: true }), end: PNG_END },
  'PNG with a palette': { make: () => of(pixels).png({ palette: true }), end: PNG_END },
  'lossy WebP': { make: () => of(pixels).webp(), end: 0 },
  'lossless WebP': { make: () => of(pixels).webp({ lossless: true }), end: 0 },
  'WebP with alpha': { make: () => of(pixels).ensureAlpha(0.5).webp(), end: 0 },
  GIF: { make: () => of(pixels).gif(), end: 4 },
} as const

const reasonFor = async (bytes: Buffer) => (await rejectionOf(renderPicture(bytes)))?.reason

describe.each(Object.entries(files))('a %s', (_, { make, end }) => {
  let whole: Buffer

  beforeAll(async () => {
    whole = await make().toBuffer()
  })

  test('that is complete is rendered, with or without bytes after its end', async () => {
    for (const trailer of [0, 1, 7, 5000])
      expect(
        await reasonFor(Buffer.concat([whole, Buffer.alloc(trailer, 'garbage')])),
        `${trailer}`,
      ).toBeUndefined()
  })

  test('that is cut off anywhere before its last pixel is rejected', async () => {
    const data = whole.length - end
    const cuts = Array.from({ length: 20 }, (_, i) => 12 + Math.floor(((data - 13) * i) / 19))
    for (const cut of [...cuts, 0, 1, 3, 8, data - 2])
      expect([...BAD, 'unsupported_format'], `${cut} of ${whole.length}`).toContain(
        await reasonFor(whole.subarray(0, cut)),
      )
  })

  test('without its last third is rejected as damaged, without the message of the decoder', async () => {
    const error = await rejectionOf(renderPicture(whole.subarray(0, (whole.length * 2) / 3)))
    expect(BAD).toContain(error?.reason)
    expect(error?.code).toBe(40001)
    expect(error?.message).toMatch(/^This file (ends too early|is damaged)/)
    expect(error?.cause).toBeInstanceOf(Error)
  })

  test('with changed bytes is either rejected as damaged or rendered', async () => {
    for (let i = 0; i < 30; i++) {
      const damaged = Buffer.from(whole)
      const start = Math.floor((whole.length * i) / 30)
      damaged.fill(i * 37, start, start + 16)
      const outcome = await reasonFor(damaged)
      expect([undefined, ...BAD, 'unsupported_format', 'too_many_pixels']).toContain(outcome)
    }
  })
})

test.each(['PNG', 'interlaced PNG', 'PNG with a palette'] as const)(
  'a %s with a wrong checksum is corrupt, not truncated',
  async (name) => {
    const png = await files[name].make().toBuffer()
    const middle = Math.floor(png.length * 0.7)
    png.writeUInt8(png.readUInt8(middle) ^ 0xff, middle)
    expect(await reasonFor(png)).toBe('corrupt')
  },
)

test.each(['baseline JPEG', 'PNG', 'lossy WebP', 'lossless WebP', 'GIF'] as const)(
  'a %s that is cut in half is truncated',
  async (name) => {
    const whole = await files[name].make().toBuffer()
    expect(await reasonFor(whole.subarray(0, whole.length / 2))).toBe('truncated')
  },
)

test.each([
  ['nothing', ''],
  ['text', 'not a picture'],
  ['zeros', '\0'.repeat(4096)],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
])('%s is of no format that is accepted', async (_, text) => {
  expect(await reasonFor(Buffer.from(text))).toBe('unsupported_format')
})

test.each([
  ['\xff\xd8\xff', 'JPEG'],
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['RIFF\x24\0\0\0WEBP', 'WebP'],
  ['GIF89a', 'GIF'],
])('%j with nothing behind it is no whole %s', async (head) => {
  expect(BAD).toContain(await reasonFor(Buffer.from(head, 'latin1')))
  expect(BAD).toContain(await reasonFor(Buffer.from(`${head}${'A'.repeat(500)}`, 'latin1')))
})

test('a picture with the first bytes of another format is rejected', async () => {
  const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const mixed = Buffer.concat([Buffer.from('GIF89a'), png])
  expect(BAD).toContain(await reasonFor(mixed))
})
