import { MARKER, type Segment, writeSegment } from './markers.ts'

/** Exif 2.32, section 4.6: an orientation from 1 to 8. 1: the stored rows are seen as they are. */
type Orientation = number

const TAG = { orientation: 0x0112, exif: 0x8769 }
const TYPE = { short: 3, long: 4 }
const NAME_LENGTH = 6
const ENTRY_LENGTH = 12

/** Segments that libexif or Chromium takes for Exif. */
export const isExif = ({ code, data }: Segment) =>
  code === MARKER.app1 && data.toString('latin1', 0, 4) === 'Exif'

/**
 * Returns the orientation that Chromium uses: of the first Exif segment with content, the first valid orientation of
 * type SHORT in IFD0 or in the Exif IFD.
 */
export function shownOrientation(segments: readonly Segment[]): Orientation {
  const exif = segments.find(hasContent)
  return (exif && findOrientation(exif.data.subarray(NAME_LENGTH))) ?? 1
}

/**
 * Tells whether libvips finds the same orientation. libexif also reads other types than SHORT, and no Exif IFD.
 */
export function isPlainOrientation([exif]: readonly Segment[], shown: Orientation): boolean {
  if (!exif) return shown === 1
  if (!hasContent(exif) || exif.data[5] !== 0) return false
  const tiff = openTiff(exif.data.subarray(NAME_LENGTH))
  const entry =
    tiff && [...readEntries(tiff, tiff.first)].find(({ tag }) => tag === TAG.orientation)
  return entry ? orientationOf(entry) === shown : shown === 1
}

/** Writes an Exif segment with an orientation only. */
export function writeExif(orientation: Orientation): Buffer {
  const exif = Buffer.from(
    'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0',
    'latin1',
  )
  exif.writeUInt16BE(orientation, 24)
  return writeSegment(MARKER.app1, exif)
}

const hasContent = ({ data }: Segment) =>
  data.toString('latin1', 0, 5) === 'Exif\0' && data.length > NAME_LENGTH

/** TIFF 6.0, section 2. */
interface Tiff {
  readonly word: (at: number) => number
  readonly long: (at: number) => number
  readonly length: number
  /** Position of IFD0. */
  readonly first: number
}

interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly short: number
  readonly long: number
}

function openTiff(bytes: Buffer): Tiff | undefined {
  const order = bytes.toString('latin1', 0, 4)
  if (bytes.length < 8 || (order !== 'II*\0' && order !== 'MM\0*')) return undefined
  const little = order === 'II*\0'
  const word = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const long = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  return { word, long, length: bytes.length, first: long(4) }
}

/** Yields the entries of an IFD that are in the file as a whole. */
function* readEntries({ word, long, length }: Tiff, ifd: number): Generator<Entry> {
  if (ifd + 2 > length) return
  const count = word(ifd)
  for (let i = 0, at = ifd + 2; i < count && at + ENTRY_LENGTH <= length; i++, at += ENTRY_LENGTH)
    yield {
      tag: word(at),
      type: word(at + 2),
      count: long(at + 4),
      short: word(at + 8),
      long: long(at + 8),
    }
}

function findOrientation(bytes: Buffer): Orientation | undefined {
  const tiff = openTiff(bytes)
  if (!tiff) return undefined
  let exifIfds = 0
  for (const entry of readEntries(tiff, tiff.first)) {
    const isExifIfd = entry.tag === TAG.exif && entry.type === TYPE.long && entry.count === 1
    const found =
      isExifIfd && exifIfds++ === 0 ? orientationIn(tiff, entry.long) : orientationOf(entry)
    if (found) return found
  }
  return undefined
}

function orientationIn(tiff: Tiff, ifd: number): Orientation | undefined {
  for (const entry of readEntries(tiff, ifd)) {
    const found = orientationOf(entry)
    if (found) return found
  }
  return undefined
}

function orientationOf({ tag, type, count, short }: Entry): Orientation | undefined {
  if (tag !== TAG.orientation || type !== TYPE.short || count !== 1) return undefined
  return short >= 1 && short <= 8 ? short : undefined
}
