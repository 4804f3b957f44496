import { Rejection } from '@visage/shared/errors/app-error'
import { assertWhole } from './pixels.ts'
import type { Frame, GifStructure } from './structure.ts'
import { type Canvas, covers, writeGif } from './write.ts'

/** Value of `disposal`: the frame is cleared before the next one. */
const CLEARED = 2

/**
 * Writes the animation so that libvips composes each frame as Chromium does. Chromium clears a frame to transparent,
 * libnsgif does so only if the frame has a transparent colour.
 * @throws Rejection if a frame lacks pixels
 */
export function composeAnimation(
  gif: Buffer,
  canvas: Canvas,
  { frames, loop }: GifStructure,
): { readonly file: Buffer; readonly page: number } {
  const composed = frames.map((frame, i) => withClearing(gif, frame, frames[i + 1]))
  const blank = !frames[0] || !covers(frames[0], canvas)
  return { file: writeGif(gif, canvas, composed, { blank, loop }), page: blank ? 1 : 0 }
}

function withClearing(gif: Buffer, frame: Frame, next: Frame | undefined): Frame {
  const used = new Uint8Array(256)
  assertWhole(gif, frame, used)
  if (frame.disposal !== CLEARED || frame.transparent !== undefined || !next) return frame
  const unused = used.indexOf(0)
  if (unused >= 0) return { ...frame, transparent: unused }
  if (hides(next, frame)) return frame
  throw new Rejection('unprocessable', undefined, new Error('A cleared GIF frame uses 256 colours'))
}

function hides(next: Frame, frame: Frame): boolean {
  const { left, top, width, height, transparent } = next
  return (
    transparent === undefined &&
    left <= frame.left &&
    top <= frame.top &&
    left + width >= frame.left + frame.width &&
    top + height >= frame.top + frame.height
  )
}
