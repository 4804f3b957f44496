import { Rejection } from '@visage/shared/errors/app-error'
import type { FileView } from '../view/view.ts'
import { composeAnimation } from './animation.ts'
import { BLOCK } from './blocks.ts'
import { assertWhole } from './pixels.ts'
import { type Frame, type GifStructure, MAX_FRAMES, readStructure } from './structure.ts'
import { type Canvas, covers, writeGif } from './write.ts'

/** Header and logical screen descriptor. */
const HEAD = 13

/**
 * Returns the first frame on its canvas. Chromium extends the logical screen to the right and lower edge of the first
 * frame, leaves the rest of the canvas transparent and ignores the background colour. If a later frame is damaged, the
 * file has the first one only.
 */
export function openGif(gif: Buffer): FileView {
  if (gif.length < HEAD) return { format: 'gif', file: gif }
  const structure = readStructure(gif)
  const { frames, damaged } = structure
  const [first] = frames
  if (!first) return { format: 'gif', file: gif, assertComplete: rejectWithoutFrame }
  if (frames.length > MAX_FRAMES) return { format: 'gif', file: gif }
  const canvas = canvasOf(gif, first)
  const shown = damaged ? { ...structure, frames: [first], length: first.end } : structure
  return {
    format: 'gif',
    ...readableFile(gif, canvas, first, shown),
    assertComplete: () => assertWhole(gif, first),
    composeFrames: () => composeAnimation(gif, canvas, shown),
  }
}

function rejectWithoutFrame(): never {
  throw new Rejection('corrupt', undefined, new Error('No frame found before the end of the GIF'))
}

function canvasOf(gif: Buffer, { left, top, width, height }: Frame): Canvas {
  return {
    width: Math.max(gif.readUInt16LE(6), left + width),
    height: Math.max(gif.readUInt16LE(8), top + height),
  }
}

/** Rewrites the file only if libvips would show another picture. */
function readableFile(
  gif: Buffer,
  canvas: Canvas,
  first: Frame,
  { frames, loop, length, ambiguous }: GifStructure,
): Pick<FileView, 'file' | 'page'> {
  const blank = !covers(first, canvas)
  if (!blank && !ambiguous && isReadable(gif, first)) return { file: withoutTail(gif, length) }
  return { file: writeGif(gif, canvas, frames, { blank, loop }), page: blank ? 1 : 0 }
}

/** libnsgif needs the end of the sub-blocks, and has other colours than Chromium for an index outside the table. */
function isReadable(gif: Buffer, { colours, pixelsAt, end }: Frame): boolean {
  return end <= gif.length && colours.length >= 3 << (gif[pixelsAt] ?? 0)
}

/** libnsgif reads bytes after the trailer as a damaged frame if an extension precedes the trailer. */
function withoutTail(gif: Buffer, length: number): Buffer {
  const hasTail = gif.length > length + 1 || (gif.length > length && gif[length] !== BLOCK.trailer)
  return hasTail ? Buffer.concat([gif.subarray(0, length), Buffer.from([BLOCK.trailer])]) : gif
}
