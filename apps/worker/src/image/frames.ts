import type { SourceFormat } from '@visage/shared/avatar/formats'
import { readGif } from './gif/blocks.ts'

/**
 * Counts the frames of a file, and stops at one more than `limit`. libwebp searches for each frame from the first
 * one on, so its own count of 200,000 frames takes half a minute.
 */
export function countFrames(bytes: Buffer, format: SourceFormat, limit: number): number {
  return counters[format]?.(bytes, limit) ?? 1
}

const counters: Partial<Record<SourceFormat, (bytes: Buffer, limit: number) => number>> = {
  gif: (bytes, limit) => readGif(bytes, limit).frames,
  webp: countAnimationFrames,
}

/** RFC 9649, section 2.7.1.1: a RIFF file whose frames are its `ANMF` chunks. */
function countAnimationFrames(bytes: Buffer, limit: number): number {
  const end = Math.min(bytes.length, bytes.readUInt32LE(4) + 8)
  let frames = 0
  for (let at = 12; at + 8 <= end && frames <= limit; ) {
    if (bytes.toString('latin1', at, at + 4) === 'ANMF') frames++
    const size = bytes.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return Math.max(1, frames)
}
