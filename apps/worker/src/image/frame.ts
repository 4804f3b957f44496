import type { Framing, Gravity, Rectangle } from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Header } from './inspect.ts'

type Size = Pick<Header, 'width' | 'height'>

export interface Offset {
  readonly left: number
  readonly top: number
}

/** How the decoder comes to a square of `side` pixels: by covering it, or by scaling and cutting. */
export type Frame = { readonly side: number; readonly gravity: Gravity } | Cut

export interface Cut extends Offset {
  readonly side: number
  /** The whole picture's size at the scale at which the rectangle covers the square. */
  readonly scaled: Size
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
  return cut(source, framing.crop, side)
}

/** @param crop may begin between two pixels */
export function cut(source: Size, crop: Rectangle, side: number): Cut {
  const { x, y, width, height } = crop
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

/**
 * What a decoded square shows of its source.
 * @param offset where the decoder's choice began, in pixels of the picture as it was scaled to `side`
 */
export function shownOf(
  source: Size,
  framing: Framing,
  side: number,
  offset: Offset | undefined,
): Rectangle {
  if ('crop' in framing) return framing.crop
  const square = Math.min(source.width, source.height)
  const start = (length: number, moved: number | undefined) =>
    moved === undefined ? (length - square) / 2 : (moved * square) / side
  const [x, y] = [start(source.width, offset?.left), start(source.height, offset?.top)]
  return { x, y, width: square, height: square }
}

function assertInside({ width, height }: Size, crop: Rectangle): void {
  if (crop.x + crop.width <= width && crop.y + crop.height <= height) return
  throw new Rejection(
    'crop_outside',
    `The crop rectangle does not fit in the picture, which is ${width} by ${height} pixels`,
  )
}
