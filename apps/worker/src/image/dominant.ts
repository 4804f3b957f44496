/** Bits of each channel that make two pixels count as one colour. */
const BITS = 4

/** Where a cell has its sums: three channels, each weighed by what can be seen of it, and the weight. */
const CHANNELS = 3
const WEIGHT = 3
const SUMS = 4

/**
 * The colour that covers most of a picture, each pixel counting for as much as can be seen of it: the
 * mean of the fullest cell of an RGB grid. It runs for every picture: no array is made for a pixel.
 * @param rgba four bytes a pixel  @returns `#rrggbb`; white where nothing can be seen
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
