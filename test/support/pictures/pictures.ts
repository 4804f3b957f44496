import sharp, { type Sharp } from 'sharp'

/** Pixels, row by row. */
export interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

export type Samples = readonly number[]

/** A raster whose pixel at (x, y) is what `color` says; it has as many channels as that returns. */
export function paint(
  width: number,
  height: number,
  color: (x: number, y: number) => Samples,
): Raster {
  const channels = color(0, 0).length as Raster['channels']
  const data = Buffer.alloc(width * height * channels)
  let next = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const samples = color(x, y)
      for (let c = 0; c < channels; c++) data[next++] = samples[c] ?? 0
    }
  return { data, width, height, channels }
}

export const flat = (width: number, height: number, color: Samples) =>
  paint(width, height, () => color)

/** Smooth enough for every codec, different everywhere, and the same in no two directions. */
export const scene = (width: number, height: number) =>
  paint(width, height, (x, y) => [
    Math.round((255 * x) / width),
    Math.round((255 * y) / height),
    x * 2 < width && y * 3 < height ? 220 : 40,
  ])

/** Noise that is the same in every run: no codec makes it small. */
export function noise(width: number, height: number): Raster {
  let state = 1
  return paint(width, height, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return [state >>> 24, (state >>> 16) & 255, (state >>> 8) & 255]
  })
}

/** The raster as the input of an encoder. */
export function of({ data, ...raw }: Raster): Sharp {
  return sharp(data, { raw })
}

/** What a viewer shows: 8 bits a sample, three channels, or four with alpha. */
export async function open(bytes: Buffer): Promise<Raster> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  return { data, width, height, channels: channels as Raster['channels'] }
}

export function at({ data, width, channels }: Raster, x: number, y: number): number[] {
  const samples = new Array<number>(channels)
  const start = (y * width + x) * channels
  for (let c = 0; c < channels; c++) samples[c] = data[start + c] ?? 0
  return samples
}

/** Every pixel with its place. */
export function* each(raster: Raster): Generator<readonly [x: number, y: number, Samples]> {
  for (let y = 0; y < raster.height; y++)
    for (let x = 0; x < raster.width; x++) yield [x, y, at(raster, x, y)]
}

/** The mean difference of a sample, of two rasters of one shape. */
export function difference(a: Raster, b: Raster): number {
  if (a.data.length !== b.data.length) throw new Error('these rasters have different shapes')
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0))
  return sum / a.data.length
}

/** CIE76: how far apart a person sees two sRGB colours; 2.3 is just noticeable. */
export function deltaE(a: Samples, b: Samples): number {
  const [x, y] = [lab(a), lab(b)]
  return Math.hypot(...x.map((value, i) => value - (y[i] ?? 0)))
}

function lab(rgb: Samples): number[] {
  const [r = 0, g = 0, b = 0] = rgb.map((sample) => {
    const c = sample / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  const [x = 0, y = 0, z = 0] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
