/** Bits of each channel that make two pixels count as one colour. */
const BITS = 4

interface Bin {
  weight: number
  red: number
  green: number
  blue: number
}

/**
 * The colour that covers most of a picture, each pixel counting for as much as can be seen of it: the
 * mean of the fullest cell of an RGB grid.
 * @param rgba four bytes a pixel  @returns `#rrggbb`; white where nothing can be seen
 */
export function dominantColour(rgba: Uint8Array): string {
  const bins = new Map<number, Bin>()
  for (let at = 0; at < rgba.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4)
    const cell = (red >> BITS) * 256 + (green >> BITS) * 16 + (blue >> BITS)
    const bin = bins.get(cell) ?? { weight: 0, red: 0, green: 0, blue: 0 }
    bin.weight += alpha
    bin.red += red * alpha
    bin.green += green * alpha
    bin.blue += blue * alpha
    bins.set(cell, bin)
  }
  const fullest = [...bins.values()].reduce((most, bin) => (bin.weight > most.weight ? bin : most))
  return fullest.weight === 0 ? '#ffffff' : toHex(fullest)
}

function toHex({ weight, red, green, blue }: Bin): string {
  const channel = (sum: number) =>
    Math.round(sum / weight)
      .toString(16)
      .padStart(2, '0')
  return `#${channel(red)}${channel(green)}${channel(blue)}`
}
