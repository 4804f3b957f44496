import type { SourceFormat } from '@visage/shared/avatar/formats'
import { readGif } from './gif/blocks.ts'
import { readChunks } from './webp/chunks.ts'

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

/** RFC 9649, section 2.7.1.1: each frame is an `ANMF` chunk. */
function countAnimationFrames(bytes: Buffer, limit: number): number {
  let frames = 0
  for (const { type } of readChunks(bytes)) {
    if (type === 'ANMF') frames++
    if (frames > limit) break
  }
  return Math.max(1, frames)
}
