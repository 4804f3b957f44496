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

/** Returns the pixels as a camera stores them in this orientation. */
export function stored(upright: Raster, firstRow: Side, firstColumn: Side): Raster {
  const { width, height } = upright
  const seenAt: Record<Side, (step: number) => number> = {
    top: (step) => step,
    bottom: (step) => height - 1 - step,
    left: (step) => step,
    right: (step) => width - 1 - step,
  }
  const [byRow, byColumn] = [seenAt[firstRow], seenAt[firstColumn]]
  return isLying(firstRow)
    ? paint(height, width, (column, row) => at(upright, byRow(row), byColumn(column)))
    : paint(width, height, (column, row) => at(upright, byColumn(column), byRow(row)))
}

const isLying = (firstRow: Side) => firstRow === 'left' || firstRow === 'right'
