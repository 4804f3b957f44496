import type { SourceFormat } from '@visage/shared/avatar/formats'
import { readGif } from './gif.ts'

/**
 * How many frames a file announces, counted no further than one more than `most`. libwebp looks for
 * each frame from the first one on, so that its own count of 200,000 frames takes half a minute.
 */
export function countFrames(bytes: Buffer, format: SourceFormat, most: number): number {
  return counters[format]?.(bytes, most) ?? 1
}

const counters: Partial<Record<SourceFormat, (bytes: Buffer, most: number) => number>> = {
  gif: (bytes, most) => readGif(bytes, most).frames,
  webp: countAnimationFrames,
}

/** RFC 9649, section 2.7.1.1: a RIFF file whose frames are its `ANMF` chunks. */
function countAnimationFrames(bytes: Buffer, most: number): number {
  const end = Math.min(bytes.length, bytes.readUInt32LE(4) + 8)
  let frames = 0
  for (let at = 12; at + 8 <= end && frames <= most; ) {
    if (bytes.toString('latin1', at, at + 4) === 'ANMF') frames++
    const size = bytes.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return Math.max(1, frames)
}
