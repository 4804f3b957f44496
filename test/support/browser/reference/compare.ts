/** Differences of two pictures: means over blocks, in levels of 0 to 255, of the worst channel. */
export interface Difference {
  /** Mean of the absolute differences of all blocks. */
  readonly mean: number
  /** Difference of the worst block. */
  readonly worst: number
}

/** Blocks per side. Means over blocks do not depend on the resampling filter. */
const BLOCKS = 16

/**
 * Compares two squares of three bytes a pixel.
 * @param side pixels of a side of both
 */
export function compareSquares(a: Uint8Array, b: Uint8Array, side: number): Difference {
  const blocks = Math.min(BLOCKS, side)
  const [meansA, meansB] = [a, b].map((square) => blockMeans(square, side, blocks))
  const differences = (meansA ?? []).map((value, i) => Math.abs(value - (meansB?.[i] ?? 0)))
  const sum = differences.reduce((total, difference) => total + difference, 0)
  return { mean: sum / differences.length, worst: Math.max(...differences) }
}

/** Returns the mean of each channel of each block. */
function blockMeans(square: Uint8Array, side: number, blocks: number): number[] {
  const sums = new Float64Array(blocks * blocks * 3)
  const counts = new Float64Array(blocks * blocks)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const block = Math.floor((y * blocks) / side) * blocks + Math.floor((x * blocks) / side)
      counts[block] = (counts[block] ?? 0) + 1
      for (let channel = 0; channel < 3; channel++) {
        const at = block * 3 + channel
        sums[at] = (sums[at] ?? 0) + (square[(y * side + x) * 3 + channel] ?? 0)
      }
    }
  return [...sums].map((sum, at) => sum / (counts[Math.floor(at / 3)] || 1))
}
