export type ByteOrder = 'II' | 'MM'

/** A TIFF structure that says nothing but the orientation (EXIF 2.32, tag 0x0112). */
export function exifOrientation(orientation: number, order: ByteOrder = 'II'): Buffer {
  const tiff = Buffer.alloc(26)
  const word = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const long = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  const SHORT = 3
  tiff.write(order)
  word(42, 2)
  long(8, 4)
  word(1, 8)
  word(0x0112, 10)
  word(SHORT, 12)
  long(1, 14)
  word(orientation, 18)
  return tiff
}

/** As a JPEG's segment has it, and some programs' WebP. */
export const withExifName = (tiff: Buffer): Buffer => Buffer.concat([Buffer.from('Exif\0\0'), tiff])
