import type { FileView } from '../view/view.ts'
import { readChunks } from './chunks.ts'

/** Position of the flags in a file that begins with a `VP8X` chunk (RFC 9649, section 2.7.1). */
const FLAGS_AT = 20
const EXIF = 0x08
const ALPHA = 0x10

/**
 * Changes flags where libvips follows them and Chromium does not. Chromium ignores Exif: it does not turn the picture.
 * Without the flag it still shows the alpha of a lossless bitstream, and any alpha of an animation.
 */
export function openWebp(webp: Buffer): FileView {
  const flags = webp.toString('latin1', 12, 16) === 'VP8X' ? webp[FLAGS_AT] : undefined
  if (flags === undefined) return { format: 'webp', file: webp }
  const shown = (flags & ~EXIF) | (flags & ALPHA || !hasUnflaggedAlpha(webp) ? 0 : ALPHA)
  if (shown === flags) return { format: 'webp', file: webp }
  const file = Buffer.from(webp)
  file[FLAGS_AT] = shown
  return { format: 'webp', file }
}

/** RFC 9649, section 2.7.1.1: the frame's place, size and duration precede its chunks. */
const FRAME_HEADER = 16

function hasUnflaggedAlpha(webp: Buffer): boolean {
  for (const { type, at } of readChunks(webp)) {
    if (type === 'VP8L' && isAlphaUsed(webp, at)) return true
    if (type === 'ANMF' && hasFrameAlpha(webp, at + FRAME_HEADER)) return true
  }
  return false
}

/** @param at position of the frame's first chunk */
function hasFrameAlpha(webp: Buffer, at: number): boolean {
  const type = webp.toString('latin1', at, at + 4)
  return type === 'ALPH' || (type === 'VP8L' && isAlphaUsed(webp, at + 8))
}

/** RFC 9649, section 3.4: a signature of 1 byte, then 14 bits of width, 14 bits of height and `alpha_is_used`. */
function isAlphaUsed(webp: Buffer, at: number): boolean {
  return ((webp[at + 4] ?? 0) & 0x10) !== 0
}
