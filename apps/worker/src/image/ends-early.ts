import { type SourceFormat, sniff, sourceFormats } from '@visage/shared/avatar/formats'
import { readGif } from './gif.ts'

/**
 * Whether a file ends before its own structure says so. What is damaged in its middle still has its
 * end; decoders use the same words for both, and a person who sends the file again needs to know which.
 */
export function endsEarly(bytes: Buffer): boolean {
  const sniffed = sniff(bytes, sourceFormats)
  return 'accepted' in sniffed && ENDINGS[sniffed.accepted](bytes)
}

const ENDINGS: Readonly<Record<SourceFormat, (bytes: Buffer) => boolean>> = {
  jpeg: jpegEndsEarly,
  png: pngEndsEarly,
  webp: (bytes) => bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length,
  gif: (bytes) => readGif(bytes).end !== 'whole',
  avif: avifEndsEarly,
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])
const START_OF_SCAN = 0xda

/** ITU T.81, annex B: segments with lengths up to the first scan; after it, FF D9 is the end of the image. */
function jpegEndsEarly(bytes: Buffer): boolean {
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at] !== 0xff) return false
    if (bytes[at + 1] === START_OF_SCAN) return !bytes.includes(END_OF_IMAGE, at)
  }
  return true
}

/** PNG, section 5.3: chunks of length, type, data and checksum, the last of them IEND. */
function pngEndsEarly(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return false
  }
  return true
}

/**
 * ISO/IEC 14496-12, section 4.2: boxes of length and type, one after the other; what a picture is made of
 * is in `meta` and `mdat`. Lengths below 8 have another meaning, which no encoder of pictures needs.
 */
function avifEndsEarly(bytes: Buffer): boolean {
  const whole = new Set<string>()
  for (let at = 0; at + 8 <= bytes.length; ) {
    const [size, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + 8)]
    if (size < 8) return false
    at += size
    if (at <= bytes.length) whole.add(type)
  }
  return !(whole.has('meta') && whole.has('mdat'))
}
