import { COLOUR_TYPE, type PngHeader } from './header.ts'

/** PNG, section 8.1: the start and the step of each pass of an interlaced picture. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

const SAMPLES: Readonly<Record<number, number>> = {
  [COLOUR_TYPE.grey]: 1,
  [COLOUR_TYPE.rgb]: 3,
  [COLOUR_TYPE.palette]: 1,
  [COLOUR_TYPE.greyAlpha]: 2,
  [COLOUR_TYPE.rgba]: 4,
}

/** Bytes of all rows before compression, each with its filter byte. */
export function countRowBytes(
  { depth, colourType, interlaced }: PngHeader,
  width: number,
  height: number,
): number {
  const bits = depth * (SAMPLES[colourType] ?? 4)
  const count = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0
  if (!interlaced) return count(width, height)
  return ADAM7.reduce(
    (sum, [left, top, dx, dy]) =>
      sum + count(Math.ceil((width - left) / dx), Math.ceil((height - top) / dy)),
    0,
  )
}
