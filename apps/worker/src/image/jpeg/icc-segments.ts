import { MARKER, type Segment, writeSegment } from './markers.ts'

/** ICC.1:2010, annex B.4: name, number of the part from 1, number of parts. */
const NAME = Buffer.from('ICC_PROFILE\0', 'latin1')
const HEADER_LENGTH = NAME.length + 2
const MAX_PART = 65_533 - HEADER_LENGTH

/** Segments that libvips or Chromium takes for parts of a profile. */
export const isIcc = ({ code, data }: Segment) =>
  code === MARKER.app2 && data.toString('latin1', 0, NAME.length - 1) === 'ICC_PROFILE'

/**
 * Assembles the profile that Chromium reads (Skia, `read_metadata` in SkJpegMetadataDecoderImpl): parts in the order
 * of their numbers. Reading ends at the last missing part. Undefined if a part is missing, repeated or numbered wrongly.
 */
export function assembleProfile(segments: readonly Segment[]): Buffer | undefined {
  const parts: Buffer[] = []
  let found = 0
  for (const { data } of segments) {
    const [number = 0, count = 0] = data.subarray(NAME.length)
    if (!data.subarray(0, NAME.length).equals(NAME) || data.length <= HEADER_LENGTH) continue
    if (found === 0) parts.length = count
    if (number === 0 || number > count || count !== parts.length || parts[number - 1])
      return undefined
    parts[number - 1] = data.subarray(HEADER_LENGTH)
    if (++found === count) return Buffer.concat(parts)
  }
  return undefined
}

/** Tells whether the segments are the parts of one profile and nothing else, in order. */
export const isInOrder = (segments: readonly Segment[]) =>
  segments.every(
    ({ data }, i) => data[NAME.length] === i + 1 && data[NAME.length + 1] === segments.length,
  )

/** @throws RangeError if the profile needs more than 255 segments, 16 MB */
export function writeProfileSegments(profile: Buffer): Buffer[] {
  const count = Math.ceil(profile.length / MAX_PART)
  return Array.from({ length: count }, (_, i) => {
    const part = profile.subarray(i * MAX_PART, (i + 1) * MAX_PART)
    return writeSegment(MARKER.app2, Buffer.concat([NAME, Buffer.from([i + 1, count]), part]))
  })
}
