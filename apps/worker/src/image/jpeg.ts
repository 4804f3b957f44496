const MARKER = 0xff
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9

/**
 * More than any camera or optimiser makes; those come to a dozen scans, or some sixty. A decoder goes
 * through the whole picture once for each scan, and keeps a note of each segment.
 */
const MOST = { scans: 100, segments: 10_000 }

/**
 * Whether a JPEG is made of so many parts that it takes minutes to open, however small it is.
 * ITU T.81, annex B: segments with lengths; behind a scan's, its data up to the next marker.
 */
export function hasTooManyParts(bytes: Buffer): boolean {
  let [scans, segments] = [0, 0]
  for (let at = nextMarker(bytes, 2); at >= 0; at = nextMarker(bytes, at + 2)) {
    const marker = bytes[at + 1]
    if (marker === END_OF_IMAGE) break
    segments++
    if (marker === START_OF_SCAN) scans++
    if (scans > MOST.scans || segments > MOST.segments) return true
    if (at + 4 <= bytes.length) at += bytes.readUInt16BE(at + 2)
  }
  return false
}

/** Where the next marker begins that is neither data, fill nor a restart; -1 where there is none. */
function nextMarker(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at >= 0; at = bytes.indexOf(MARKER, at)) {
    while (bytes[at + 1] === MARKER) at++
    const code = bytes[at + 1] ?? 0
    if (code !== 0 && (code < 0xd0 || code > 0xd7)) return at
    at += 2
  }
  return -1
}
