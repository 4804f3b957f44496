const MARKER = 0xff
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9

/**
 * More than any camera or optimiser writes: cameras about 12 scans, optimisers about 60. A decoder reads the whole
 * picture once a scan, and stores a record of each segment.
 */
const MAX = { scans: 100, segments: 10_000 }

/**
 * Tells whether a JPEG has so many scans or segments that decoding takes minutes, even if the file is small.
 * ITU T.81, annex B: segments have lengths. After the segment of a scan, its data continues to the next marker.
 */
export function hasTooManySegments(bytes: Buffer): boolean {
  let [scans, segments] = [0, 0]
  for (let at = nextMarker(bytes, 2); at >= 0; at = nextMarker(bytes, at + 2)) {
    const marker = bytes[at + 1]
    if (marker === END_OF_IMAGE) break
    segments++
    if (marker === START_OF_SCAN) scans++
    if (scans > MAX.scans || segments > MAX.segments) return true
    if (at + 4 <= bytes.length) at += bytes.readUInt16BE(at + 2)
  }
  return false
}

/** Returns the position of the next marker that is not data, fill or a restart, or -1 if there is none. */
function nextMarker(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at >= 0; at = bytes.indexOf(MARKER, at)) {
    while (bytes[at + 1] === MARKER) at++
    const code = bytes[at + 1] ?? 0
    if (code !== 0 && (code < 0xd0 || code > 0xd7)) return at
    at += 2
  }
  return -1
}
