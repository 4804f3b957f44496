/** A square in pixels of the upright picture. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly side: number
}

export interface Bounds {
  readonly width: number
  readonly height: number
}

/** Minimum side of a frame in pixels. A smaller picture has its shorter side as the minimum. */
const MIN_SIDE = 32

export const shorterSide = ({ width, height }: Bounds): number => Math.min(width, height)
export const minSide = (bounds: Bounds): number => Math.min(MIN_SIDE, shorterSide(bounds))

/** Returns the largest centred square. The service uses the same square if the upload has no `crop`. */
export function centreFrame(bounds: Bounds): Frame {
  const side = shorterSide(bounds)
  return { x: (bounds.width - side) / 2, y: (bounds.height - side) / 2, side }
}

/** Returns the nearest frame inside the picture, with at least the minimum side. */
export function clampFrame({ x, y, side }: Frame, bounds: Bounds): Frame {
  const fitting = clamp(side, minSide(bounds), shorterSide(bounds))
  return {
    side: fitting,
    x: clamp(x, 0, bounds.width - fitting),
    y: clamp(y, 0, bounds.height - fitting),
  }
}

/** Rounds to whole pixels and keeps the frame inside the picture. */
export function roundFrame({ x, y, side }: Frame, bounds: Bounds): Frame {
  return clampFrame({ x: Math.round(x), y: Math.round(y), side: Math.round(side) }, bounds)
}

/** Resizes the frame to side `to` around the same centre. */
export function resizeFrame({ x, y, side }: Frame, to: number, bounds: Bounds): Frame {
  const fitting = clamp(to, minSide(bounds), shorterSide(bounds))
  const shift = (side - fitting) / 2
  return clampFrame({ x: x + shift, y: y + shift, side: fitting }, bounds)
}

/** Applies the drag of a corner. The opposite corner stays fixed, and the frame ends at the picture's edge. */
export function dragCorner(from: Frame, to: Frame, bounds: Bounds): Frame {
  const right = Math.abs(to.x + to.side - from.x - from.side) < Math.abs(to.x - from.x)
  const bottom = Math.abs(to.y + to.side - from.y - from.side) < Math.abs(to.y - from.y)
  const side = clamp(
    to.side,
    minSide(bounds),
    Math.min(
      right ? from.x + from.side : bounds.width - from.x,
      bottom ? from.y + from.side : bounds.height - from.y,
    ),
  )
  const x = right ? from.x + from.side - side : from.x
  const y = bottom ? from.y + from.side - side : from.y
  return clampFrame({ x, y, side }, bounds)
}

/** Direction of each key. */
const STEPS: Readonly<Record<string, readonly [x: number, y: number, side: number]>> = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  '+': [0, 0, 1],
  '=': [0, 0, 1],
  '-': [0, 0, -1],
  _: [0, 0, -1],
}

/**
 * Moves or resizes the frame by 1 % of the picture's shorter side, or by 10 % with Shift.
 * @returns undefined for any other key
 */
export function moveByKey(frame: Frame, key: string, shift: boolean, bounds: Bounds) {
  const step = STEPS[key]
  if (!step) return undefined
  const distance = Math.max(1, shorterSide(bounds) * (shift ? 0.1 : 0.01))
  const [x, y, side] = step.map((direction) => direction * distance) as [number, number, number]
  if (side !== 0) return resizeFrame(frame, frame.side + 2 * side, bounds)
  return clampFrame({ ...frame, x: frame.x + x, y: frame.y + y }, bounds)
}

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max)
