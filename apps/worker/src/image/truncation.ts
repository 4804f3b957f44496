import { type SourceFormat, sniff, sourceFormats } from '@visage/shared/avatar/formats'
import { readGif } from './gif/blocks.ts'
import { endsEarly } from './heif/ends-early.ts'

/**
 * Tells whether a file ends before its own structure does. A file that is damaged in the middle is not truncated.
 * Decoders report the same error for both, but the user must know whether to send the file again.
 */
export function isTruncated(bytes: Buffer): boolean {
  const sniffed = sniff(bytes, sourceFormats)
  return 'accepted' in sniffed && truncationTests[sniffed.accepted](bytes)
}

const truncationTests: Readonly<Record<SourceFormat, (bytes: Buffer) => boolean>> = {
  jpeg: isJpegTruncated,
  png: isPngTruncated,
  webp: (bytes) => bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length,
  gif: (bytes) => readGif(bytes).ending !== 'complete',
  avif: endsEarly,
  heic: endsEarly,
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])
const START_OF_SCAN = 0xda

/** ITU T.81, annex B: segments have lengths up to the first scan. After it, FF D9 marks the end of the image. */
function isJpegTruncated(bytes: Buffer): boolean {
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at] !== 0xff) return false
    if (bytes[at + 1] === START_OF_SCAN) return !bytes.includes(END_OF_IMAGE, at)
  }
  return true
}

/** PNG, section 5.3: each chunk has a length, type, data and checksum. IEND is the last chunk. */
function isPngTruncated(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return false
  }
  return true
}
