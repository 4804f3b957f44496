import { at, paint, type Raster } from './pictures.ts'

/** EXIF 2.32, tag 0x0112: where the first row and the first column of the stored pixels are seen. */
export const ORIENTATIONS = [
  [1, 'top', 'left'],
  [2, 'top', 'right'],
  [3, 'bottom', 'right'],
  [4, 'bottom', 'left'],
  [5, 'left', 'top'],
  [6, 'right', 'top'],
  [7, 'right', 'bottom'],
  [8, 'left', 'bottom'],
] as const

type Side = (typeof ORIENTATIONS)[number][1]

/** The pixels as a camera stores them that holds its sensor that way. */
export function stored(upright: Raster, firstRow: Side, firstColumn: Side): Raster {
  const { width, height } = upright
  const seenAt: Record<Side, (x: number, y: number, step: number) => [number, number]> = {
    top: (x, _, step) => [x, step],
    bottom: (x, _, step) => [x, height - 1 - step],
    left: (_, y, step) => [step, y],
    right: (_, y, step) => [width - 1 - step, y],
  }
  const lying = firstRow === 'left' || firstRow === 'right'
  return paint(lying ? height : width, lying ? width : height, (column, row) => {
    const [x, y] = seenAt[firstRow](...seenAt[firstColumn](0, 0, column), row)
    return at(upright, x, y)
  })
}
