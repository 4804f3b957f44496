import sharp, { type Sharp } from 'sharp'

export interface Photo {
  readonly width: number
  readonly height: number
  /** Each seed gives a different picture. Default: 1. */
  readonly seed?: number
}

const LEAVES = 2500

/** Layers of film grain: size in pixels, and strength from 0 to 1. */
const GRAIN = [
  [1.6, 0.15],
  [4, 0.11],
  [10, 0.1],
  [30, 0.1],
  [100, 0.1],
] as const

/**
 * Generates a picture with the statistics of a photograph: overlapping shapes of many sizes (the dead leaves model), slight blur
 * and grain. The same seed always gives the same picture. At 12 megapixels and quality 92 the JPEG has 3 to 5 MB, like a photo
 * from a phone. Must be called before `prepareEngine` blocks the SVG loader of libvips.
 */
export async function photo({ width, height, seed = 1 }: Photo): Promise<Sharp> {
  const next = numbers(seed)
  const svg = Buffer.from(leaves(width, height, next))
  const pixels = await sharp(svg).removeAlpha().blur(0.9).raw().toBuffer()
  const light = new Float32Array(width * height)
  for (const [size, strength] of GRAIN) {
    const layer = await grain(width, height, size, next)
    for (let i = 0; i < light.length; i++) {
      light[i] = (light[i] ?? 0) + ((layer[i] ?? 0) - 127) * strength
    }
  }
  for (let i = 0; i < pixels.length; i++) {
    const value = (pixels[i] ?? 0) + (light[Math.floor(i / 3)] ?? 0)
    pixels[i] = Math.max(0, Math.min(255, value))
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

function leaves(width: number, height: number, next: () => number): string {
  const leaf = () => {
    const radius = Math.min(0.35, 0.005 / (1 - next() * 0.99)) * height
    const [x, y, flat] = [next() * width, next() * height, 0.4 + next() * 0.6]
    const fill = `hsl(${20 + next() * next() * 220},${10 + next() * 40}%,${10 + next() * 75}%)`
    return `<ellipse cx="${x}" cy="${y}" rx="${radius}" ry="${radius * flat}" fill="${fill}"/>`
  }
  const drawn = Array.from({ length: LEAVES }, leaf).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn}</svg>`
}

/** Smoothed noise with one byte per pixel around 127. `size` is the width of the noise in pixels. */
function grain(width: number, height: number, size: number, next: () => number): Promise<Buffer> {
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)]
  const noise = Buffer.alloc(columns * rows)
  for (let i = 0; i < noise.length; i++) noise[i] = (next() + next() + next()) * 85
  return sharp(noise, { raw: { width: columns, height: rows, channels: 1 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer()
}

/** Random numbers from 0 to 1: a linear congruential generator with the constants of Numerical Recipes. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
