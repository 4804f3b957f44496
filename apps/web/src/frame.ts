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

/** The least side of a frame, unless the picture itself is smaller. */
const LEAST = 32

export const shortest = ({ width, height }: Bounds): number => Math.min(width, height)
export const leastSide = (bounds: Bounds): number => Math.min(LEAST, shortest(bounds))

/** The largest square around the middle: what the service would take by itself. */
export function centred(bounds: Bounds): Frame {
  const side = shortest(bounds)
  return { x: (bounds.width - side) / 2, y: (bounds.height - side) / 2, side }
}

/** The nearest frame that lies inside of the picture. */
export function within({ x, y, side }: Frame, bounds: Bounds): Frame {
  const fitting = clamp(side, leastSide(bounds), shortest(bounds))
  return {
    side: fitting,
    x: clamp(x, 0, bounds.width - fitting),
    y: clamp(y, 0, bounds.height - fitting),
  }
}

/** In whole pixels, and still inside. */
export function whole({ x, y, side }: Frame, bounds: Bounds): Frame {
  return within({ x: Math.round(x), y: Math.round(y), side: Math.round(side) }, bounds)
}

/** Another side, around the same middle. */
export function sized({ x, y, side }: Frame, to: number, bounds: Bounds): Frame {
  const fitting = clamp(to, leastSide(bounds), shortest(bounds))
  const shift = (side - fitting) / 2
  return within({ x: x + shift, y: y + shift, side: fitting }, bounds)
}

/** A corner was pulled: the one across from it stays where it is, and the side ends at the picture's edge. */
export function pulled(from: Frame, to: Frame, bounds: Bounds): Frame {
  const right = Math.abs(to.x + to.side - from.x - from.side) < Math.abs(to.x - from.x)
  const bottom = Math.abs(to.y + to.side - from.y - from.side) < Math.abs(to.y - from.y)
  const side = clamp(
    to.side,
    leastSide(bounds),
    Math.min(
      right ? from.x + from.side : bounds.width - from.x,
      bottom ? from.y + from.side : bounds.height - from.y,
    ),
  )
  const x = right ? from.x + from.side - side : from.x
  const y = bottom ? from.y + from.side - side : from.y
  return within({ x, y, side }, bounds)
}

const steps: Readonly<Record<string, readonly [x: number, y: number, side: number]>> = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  '+': [0, 0, 1],
  '=': [0, 0, 1],
  '-': [0, 0, -1],
  _: [0, 0, -1],
}

/** Where a key takes the frame: a hundredth of the shorter side, a tenth with Shift. Undefined: it is no key of ours. */
export function steered(frame: Frame, key: string, shift: boolean, bounds: Bounds) {
  const step = steps[key]
  if (!step) return undefined
  const by = Math.max(1, shortest(bounds) * (shift ? 0.1 : 0.01))
  const [x, y, side] = step.map((one) => one * by) as [number, number, number]
  if (side !== 0) return sized(frame, frame.side + 2 * side, bounds)
  return within({ ...frame, x: frame.x + x, y: frame.y + y }, bounds)
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)
