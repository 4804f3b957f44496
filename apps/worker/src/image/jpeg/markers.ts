/** Marker codes of ITU T.81, table B.1: the byte after 0xFF. */
export const MARKER = {
  prefix: 0xff,
  temporary: 0x01,
  baseline: 0xc0,
  extended: 0xc1,
  progressive: 0xc2,
  huffmanTables: 0xc4,
  jpegExtension: 0xc8,
  arithmeticConditioning: 0xcc,
  frameLast: 0xcf,
  restart: 0xd0,
  restartLast: 0xd7,
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  quantisationTables: 0xdb,
  numberOfLines: 0xdc,
  restartInterval: 0xdd,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  appLast: 0xef,
  comment: 0xfe,
} as const

export interface Segment {
  readonly code: number
  /** Position of the marker's 0xFF. */
  readonly from: number
  /** Position after the segment. A marker without a length ends after its code. */
  readonly to: number
  /** Content without marker and length. */
  readonly data: Buffer
}

export const isRestart = (code: number) => code >= MARKER.restart && code <= MARKER.restartLast

/** Start of frame in any of its 13 kinds. */
export const isFrame = (code: number) =>
  code >= MARKER.baseline && code <= MARKER.frameLast && !NOT_FRAMES.includes(code)

const NOT_FRAMES: readonly number[] = [
  MARKER.huffmanTables,
  MARKER.jpegExtension,
  MARKER.arithmeticConditioning,
]

/** Returns the position of the 0xFF right before the code of the next marker, or -1 if there is none. */
export function findMarker(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARKER.prefix, from); at >= 0; ) {
    while (bytes[at + 1] === MARKER.prefix) at++
    const code = bytes[at + 1]
    if (code === undefined) return -1
    if (code !== 0) return at
    at = bytes.indexOf(MARKER.prefix, at + 2)
  }
  return -1
}

/**
 * Reads the next segment as libjpeg does: bytes before its marker are skipped, and a length below 2 counts as 2.
 * Returns undefined if there is no marker, or if the file ends inside the segment.
 */
export function readSegment(bytes: Buffer, from: number): Segment | undefined {
  const at = findMarker(bytes, from)
  const code = bytes[at + 1]
  if (at < 0 || code === undefined) return undefined
  if (isAlone(code)) return { code, from: at, to: at + 2, data: bytes.subarray(at + 2, at + 2) }
  if (at + 4 > bytes.length) return undefined
  const to = at + 2 + Math.max(2, bytes.readUInt16BE(at + 2))
  return to > bytes.length ? undefined : { code, from: at, to, data: bytes.subarray(at + 4, to) }
}

const isAlone = (code: number) =>
  isRestart(code) ||
  code === MARKER.temporary ||
  code === MARKER.startOfImage ||
  code === MARKER.endOfImage

/** Most segments of a header. `inspect` refuses files with more: see `hasTooManySegments`. */
const MAX_SEGMENTS = 10_000

/** Reads the segments up to the first scan, which is the last that it yields. */
export function* readHeader(bytes: Buffer): Generator<Segment> {
  if (bytes[0] !== MARKER.prefix || bytes[1] !== MARKER.startOfImage) return
  for (let at = 2, count = 0; count < MAX_SEGMENTS; count++) {
    const segment = readSegment(bytes, at)
    if (!segment || segment.code === MARKER.endOfImage) return
    yield segment
    if (segment.code === MARKER.startOfScan) return
    at = segment.to
  }
}

/** @throws RangeError if the content is longer than 65,533 bytes */
export function writeSegment(code: number, data: Buffer): Buffer {
  const head = Buffer.from([MARKER.prefix, code, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, data])
}
