import type { Framing, Gravity, Rectangle } from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Header } from './inspect.ts'

type Size = Pick<Header, 'width' | 'height'>

/** How the decoder comes to a square of `side` pixels: by covering it, or by scaling and cutting. */
export type Frame =
  | { readonly side: number; readonly gravity: Gravity }
  | {
      readonly side: number
      /** The whole picture's size at the scale at which the rectangle covers the square. */
      readonly scaled: Size
      readonly left: number
      readonly top: number
    }

/**
 * The side of the largest square that the framing leaves, in pixels of the source.
 * @throws Rejection where the rectangle is not wholly inside the picture
 */
export function squareSide(source: Size, framing: Framing): number {
  if ('gravity' in framing) return Math.min(source.width, source.height)
  assertInside(source, framing.crop)
  return Math.min(framing.crop.width, framing.crop.height)
}

/** @param side at most `squareSide` */
export function frame(source: Size, framing: Framing, side: number): Frame {
  if ('gravity' in framing) return { side, gravity: framing.gravity }
  const { x, y, width, height } = framing.crop
  const scale = side / Math.min(width, height)
  const scaled = {
    width: Math.max(side, Math.round(source.width * scale)),
    height: Math.max(side, Math.round(source.height * scale)),
  }
  const start = (centre: number, length: number) =>
    Math.min(length - side, Math.max(0, Math.round(centre * scale - side / 2)))
  return {
    side,
    scaled,
    left: start(x + width / 2, scaled.width),
    top: start(y + height / 2, scaled.height),
  }
}

function assertInside({ width, height }: Size, crop: Rectangle): void {
  if (crop.x + crop.width <= width && crop.y + crop.height <= height) return
  throw new Rejection(
    'crop_outside',
    `The crop rectangle does not fit in the picture, which is ${width} by ${height} pixels`,
  )
}
