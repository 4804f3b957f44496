import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openJpeg } from '../../../../../apps/worker/src/image/jpeg/open.ts'
import { exifOrientation, withExifName } from '../../../../support/pictures/exif.ts'
import { segment } from '../../../../support/pictures/hostile/jpeg.ts'

const plain = await sharp({ create: { width: 24, height: 16, channels: 3, background: '#c33' } })
  .jpeg()
  .toBuffer()

const withSegments = (...segments: readonly Buffer[]) =>
  Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)])
const exif = (tiff: Buffer) => segment(0xe1, withExifName(tiff))

/** An entry of an IFD, little-endian: its value as 32 bits. */
type Entry = readonly [tag: number, type: number, count: number, value: number]

function ifd(...entries: readonly Entry[]): Buffer {
  const bytes = Buffer.alloc(2 + 12 * entries.length + 4)
  bytes.writeUInt16LE(entries.length)
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = 2 + 12 * i
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(count, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  }
  return bytes
}

const tiff = (...ifds: readonly Buffer[]) =>
  Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...ifds])
const [SHORT, LONG, ORIENTATION] = [3, 4, 0x0112]
const turned: Entry = [ORIENTATION, SHORT, 1, 6]

async function orientationOf(file: Buffer): Promise<number> {
  return (await sharp(openJpeg(file).file).metadata()).orientation ?? 1
}

describe('libvips sees the orientation that Chromium uses:', () => {
  test.each<[string, number, Buffer]>([
    ['little-endian', 6, withSegments(exif(exifOrientation(6, 'II')))],
    ['big-endian', 8, withSegments(exif(exifOrientation(8, 'MM')))],
    ['of type LONG', 1, withSegments(exif(tiff(ifd([ORIENTATION, LONG, 1, 6]))))],
    ['of type BYTE', 1, withSegments(exif(tiff(ifd([ORIENTATION, 1, 1, 6]))))],
    ['a count of 2', 1, withSegments(exif(tiff(ifd([ORIENTATION, SHORT, 2, 6]))))],
    ['0', 1, withSegments(exif(exifOrientation(0)))],
    ['9', 1, withSegments(exif(exifOrientation(9)))],
    [
      'a LONG, then a SHORT',
      3,
      withSegments(exif(tiff(ifd([ORIENTATION, LONG, 1, 6], [ORIENTATION, SHORT, 1, 3])))),
    ],
    ['in the Exif IFD', 6, withSegments(exif(tiff(ifd([0x8769, LONG, 1, 26]), ifd(turned))))],
    ['of two segments', 6, withSegments(exif(exifOrientation(6)), exif(exifOrientation(3)))],
    ['after a segment without one', 1, withSegments(exif(tiff(ifd())), exif(exifOrientation(6)))],
    [
      'after an empty segment',
      6,
      withSegments(segment(0xe1, Buffer.from('Exif\0\0')), exif(exifOrientation(6))),
    ],
    [
      'after a name with another last byte',
      6,
      withSegments(segment(0xe1, Buffer.from('Exif\0x'), exifOrientation(6))),
    ],
    [
      'more entries than the segment has',
      6,
      withSegments(exif(tiff(Buffer.concat([Buffer.from([200, 0]), ifd(turned).subarray(2)])))),
    ],
    ['no TIFF', 1, withSegments(exif(Buffer.from('no TIFF at all')))],
  ])('%s', async (_, orientation, file) => {
    expect(await orientationOf(file)).toBe(orientation)
  })
})

test.each<[string, Buffer]>([
  ['without Exif', plain],
  ['with a plain orientation', withSegments(exif(exifOrientation(6)))],
  ['with Exif and no orientation', withSegments(exif(tiff(ifd([0x0100, SHORT, 1, 24]))))],
  ['cut within Exif', withSegments(exif(exifOrientation(6))).subarray(0, 20)],
  ['of two bytes', plain.subarray(0, 2)],
])('a file is not copied %s', (_, file) => {
  expect(openJpeg(file).file).toBe(file)
})

test('the pixels stay as they are', async () => {
  const file = withSegments(exif(tiff(ifd([ORIENTATION, LONG, 1, 6]))))
  expect(openJpeg(file).file.equals(plain)).toBe(true)
})
