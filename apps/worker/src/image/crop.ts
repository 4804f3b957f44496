import type { Framing, Gravity, Rectangle } from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Header } from './inspect.ts'

type Size = Pick<Header, 'width' | 'height'>

export interface Offset {
  readonly left: number
  readonly top: number
}

/** The square to decode. With `gravity`, libvips chooses its position. Otherwise the position is fixed. */
export type CropPlan = { readonly side: number; readonly gravity: Gravity } | ScaledCrop

/** A square of `side` pixels at an offset in the scaled picture. */
export interface ScaledCrop extends Offset {
  readonly side: number
  /** Size of the whole picture, scaled so that the crop rectangle covers the square. */
  readonly scaled: Size
}

/**
 * Returns the side of the largest square that the framing allows, in pixels of the source.
 * @throws Rejection if the rectangle is not completely inside the picture
 */
export function squareSide(source: Size, framing: Framing): number {
  if ('gravity' in framing) return Math.min(source.width, source.height)
  assertInside(source, framing.crop)
  return Math.min(framing.crop.width, framing.crop.height)
}

/** @param side at most `squareSide` */
export function planCrop(source: Size, framing: Framing, side: number): CropPlan {
  if ('gravity' in framing) return { side, gravity: framing.gravity }
  return scaleCrop(source, framing.crop, side)
}

/** @param crop coordinates may be fractions of a pixel */
export function scaleCrop(source: Size, crop: Rectangle, side: number): ScaledCrop {
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
 * Returns the rectangle of the source that a decoded square shows.
 * @param offset corner of the square that libvips chose, in pixels of the scaled picture
 */
export function shownRectangle(
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
