/** High bits of each channel that select a cell of the grid. Pixels of one cell count as one colour. */
const BITS = 4

/** Layout of a cell: the sums of three channels, each weighted by alpha, then the sum of the alpha values. */
const CHANNELS = 3
const WEIGHT = 3
const SUMS = 4

/**
 * Returns the colour that covers most of a picture: the mean of the fullest cell of an RGB grid.
 * Alpha is the weight of a pixel. The loop allocates nothing per pixel, because it runs for every picture.
 * @param rgba four bytes a pixel  @returns `#rrggbb`; white if the picture is fully transparent
 */
export function dominantColour(rgba: Uint8Array): string {
  const cells = new Float64Array(SUMS * 2 ** (CHANNELS * BITS))
  let fullest = 0
  for (let at = 0; at < rgba.length; at += 4) {
    const cell = SUMS * cellOf(rgba, at)
    const alpha = value(rgba, at + 3)
    for (let channel = 0; channel < CHANNELS; channel++)
      add(cells, cell + channel, value(rgba, at + channel) * alpha)
    add(cells, cell + WEIGHT, alpha)
    if (value(cells, cell + WEIGHT) > value(cells, fullest + WEIGHT)) fullest = cell
  }
  const weight = value(cells, fullest + WEIGHT)
  return weight === 0 ? '#ffffff' : toHex(cells.subarray(fullest, fullest + CHANNELS), weight)
}

function cellOf(rgba: Uint8Array, at: number): number {
  let cell = 0
  for (let channel = 0; channel < CHANNELS; channel++)
    cell = (cell << BITS) | (value(rgba, at + channel) >> (8 - BITS))
  return cell
}

const value = (array: Uint8Array | Float64Array, at: number) => array[at] ?? 0

function add(cells: Float64Array, at: number, amount: number): void {
  cells[at] = value(cells, at) + amount
}

function toHex(sums: Float64Array, weight: number): string {
  const channel = (sum: number) =>
    Math.round(sum / weight)
      .toString(16)
      .padStart(2, '0')
  return `#${[...sums].map(channel).join('')}`
}
