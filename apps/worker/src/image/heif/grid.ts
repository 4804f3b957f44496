import { Fields } from './fields.ts'
import type { Size } from './sps.ts'

/** A picture that is put together from tiles of one size, row by row. */
export interface Grid extends Size {
  readonly rows: number
  readonly columns: number
}

/** Pixels by which the tiles may be more than twice the picture. */
const SPARE_PIXELS = 1024 ** 2

/** ISO/IEC 23008-12, section 6.6.2.3.2. */
export function readGrid(data: Buffer): Grid {
  const fields = new Fields(data)
  fields.uint(1)
  const size = (fields.uint(1) & 1) === 1 ? 4 : 2
  const [rows, columns] = [fields.uint(1) + 1, fields.uint(1) + 1]
  return { rows, columns, width: fields.uint(size), height: fields.uint(size) }
}

/** Checks that the tiles cover the picture and are not much more than it needs.  @throws Error */
export function checkTiles(grid: Grid, tiles: readonly Size[]): void {
  const [{ width, height } = { width: 0, height: 0 }] = tiles
  if (tiles.length !== grid.rows * grid.columns) throw new Error('The grid lacks tiles')
  if (tiles.some((tile) => tile.width !== width || tile.height !== height))
    throw new Error('The tiles have different sizes')
  if (width * grid.columns < grid.width || height * grid.rows < grid.height)
    throw new Error('The tiles do not cover the picture')
  const pixels = width * height * tiles.length
  if (pixels > 2 * grid.width * grid.height + SPARE_PIXELS)
    throw new Error('The tiles are larger than the picture')
}
