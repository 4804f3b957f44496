import {
  CROP_TOLERANCE,
  type Framing,
  type Gravity,
  type Rectangle,
} from '@visage/shared/avatar/framing'
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
 * Cuts a rectangle to the part that lies in the picture.
 * @throws Rejection if the rectangle leaves the picture by more than `CROP_TOLERANCE`
 */
export function clampFraming(source: Size, framing: Framing): Framing {
  if ('gravity' in framing) return framing
  const { crop } = framing
  const [right, bottom] = [crop.x + crop.width, crop.y + crop.height]
  const beyond = Math.max(-crop.x, -crop.y, right - source.width, bottom - source.height)
  const [x, y] = [Math.max(0, crop.x), Math.max(0, crop.y)]
  const width = Math.min(right, source.width) - x
  const height = Math.min(bottom, source.height) - y
  if (beyond > CROP_TOLERANCE || Math.min(width, height) < 1) throw outside(source)
  return { crop: { x, y, width, height } }
}

/** Returns the side of the largest square that the framing allows, in pixels of the source. */
export function squareSide(source: Size, framing: Framing): number {
  const { width, height } = 'gravity' in framing ? source : framing.crop
  return Math.min(width, height)
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

function outside({ width, height }: Size): Rejection {
  const msg = `The crop rectangle does not fit in the picture, which is ${width} by ${height} pixels`
  return new Rejection('crop_outside', msg)
}
