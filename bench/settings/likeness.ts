import sharp, { type CreateRaw } from 'sharp'
import type { Pixels } from '../../apps/worker/src/image/decode.ts'

/** Similarity of an encoded picture to its original. */
export interface Likeness {
  /** Structural similarity (SSIM) of the luminance; 1 means no loss. */
  readonly ssim: number
  /** Mean absolute error of the two chroma channels, from 0 to 255. */
  readonly colour: number
}

/** Samples of one channel each, row by row. */
interface Planes {
  readonly light: Float64Array
  readonly blue: Float64Array
  readonly red: Float64Array
}

/** Windows of 8 by 8 pixels, every fourth one. */
const [WINDOW, STEP] = [8, 4]

/** Constants C1 and C2 of SSIM. They keep the quotient stable for very dark windows and for windows without contrast. */
const [LIGHT, CONTRAST] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]

export async function likeness(file: Buffer, original: Pixels): Promise<Likeness> {
  const { side, channels } = original
  const raw = { width: side, height: side, channels }
  const [a, b] = await Promise.all([
    planes(await pixelsOf(file)),
    planes(await pixelsOf(original.data, raw)),
  ])
  return {
    ssim: ssim(a.light, b.light, side),
    colour: (distance(a.blue, b.blue) + distance(a.red, b.red)) / 2,
  }
}

function pixelsOf(bytes: Buffer, raw?: CreateRaw): Promise<Buffer> {
  const picture = raw ? sharp(bytes, { raw }) : sharp(bytes)
  return picture.flatten({ background: '#ffffff' }).toColourspace('srgb').raw().toBuffer()
}

/** Converts RGB to luminance and two chroma channels (ITU-T T.871). */
function planes(pixels: Buffer): Planes {
  const count = pixels.length / 3
  const [light, blue, red] = [
    new Float64Array(count),
    new Float64Array(count),
    new Float64Array(count),
  ]
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [pixels[3 * i] ?? 0, pixels[3 * i + 1] ?? 0, pixels[3 * i + 2] ?? 0]
    const y = 0.299 * r + 0.587 * g + 0.114 * b
    light[i] = y
    blue[i] = (b - y) / 1.772
    red[i] = (r - y) / 1.402
  }
  return { light, blue, red }
}

/** Mean SSIM over all windows. Wang and others, Image quality assessment, 2004, equation 13. */
export function ssim(a: Float64Array, b: Float64Array, side: number): number {
  let [sum, windows] = [0, 0]
  for (let top = 0; top + WINDOW <= side; top += STEP) {
    for (let left = 0; left + WINDOW <= side; left += STEP) {
      sum += ssimAt(a, b, top * side + left, side)
      windows++
    }
  }
  return sum / windows
}

function ssimAt(a: Float64Array, b: Float64Array, start: number, side: number): number {
  let [sumA, sumB, squares, product] = [0, 0, 0, 0]
  for (let row = 0; row < WINDOW; row++) {
    for (let at = start + row * side; at < start + row * side + WINDOW; at++) {
      const [x, y] = [a[at] ?? 0, b[at] ?? 0]
      sumA += x
      sumB += y
      squares += x * x + y * y
      product += x * y
    }
  }
  const count = WINDOW * WINDOW
  const means = (sumA * sumB) / count ** 2
  const meanSquares = (sumA ** 2 + sumB ** 2) / count ** 2
  const [covariance, variances] = [product / count - means, squares / count - meanSquares]
  const light = (2 * means + LIGHT) / (meanSquares + LIGHT)
  return (light * (2 * covariance + CONTRAST)) / (variances + CONTRAST)
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length
}
