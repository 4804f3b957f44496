import sharp, { type FormatEnum, type Sharp } from 'sharp'
import { once } from '../world/once.ts'

export type PhotoFormat = keyof Pick<FormatEnum, 'jpeg' | 'png' | 'webp' | 'gif'> | 'avif'

export interface Photo {
  readonly format?: PhotoFormat
  readonly width?: number
  readonly height?: number
  /** Seed: another number gives another picture. */
  readonly seed?: number
  /** EXIF orientation with which the pixels are stored rotated. */
  readonly orientation?: number
}

/**
 * A picture as busy as a photograph, the same each time; turned or shifted it is another. It is made once
 * in this Vitest worker; each caller gets a copy.
 */
export async function photo(options: Photo = {}): Promise<Buffer> {
  return Buffer.from(await once(`photo ${JSON.stringify(options)}`, () => encode(options)))
}

function encode(options: Photo): Promise<Buffer> {
  const { format = 'jpeg', width = 1200, height = 900, seed = 1, orientation } = options
  const pixels = pixelsOfPhoto(width, height, seed)
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } })
  const turned = orientation === undefined ? picture : picture.withMetadata({ orientation })
  return turned.toFormat(format).toBuffer()
}

/** Broad waves of colour, fine ones of light, and grain: as in photographs, detail is grey. */
function pixelsOfPhoto(width: number, height: number, seed: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = (pixel % width) / width
    const y = Math.floor(pixel / width) / height
    const fine = Math.sin(90 * x * y + 40 * y) * 30
    const grain = ((Math.imul(pixel ^ (seed << 8), 2_654_435_761) >>> 24) - 128) / 16
    for (let channel = 0; channel < 3; channel++) {
      const broad = Math.sin(4 * x * seed + 9 * y * y + 2 * channel) * 70
      const sample = 128 + broad + fine + grain
      pixels[3 * pixel + channel] = Math.max(0, Math.min(255, sample))
    }
  }
  return pixels
}

/**
 * How far a square picture is from the source's middle at that side: mean over all samples, of 255.
 * The source is decoded whole first, so that no decoder's shortcut is what it is compared with.
 */
export async function difference(variant: Buffer, source: Buffer, side: number): Promise<number> {
  const { data, info } = await sharp(source)
    .autoOrient()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const square = Math.min(width, height)
  const [left, top] = [Math.floor((width - square) / 2), Math.floor((height - square) / 2)]
  const crop = sharp(data, { raw: info }).extract({ left, top, width: square, height: square })
  const reference = await pixelsOf(crop.resize(side, side))
  const actual = await pixelsOf(sharp(variant))
  if (actual.length !== reference.length) return Number.POSITIVE_INFINITY
  const sum = actual.reduce((total, value, i) => total + Math.abs(value - (reference[i] ?? 0)), 0)
  return sum / actual.length
}

function pixelsOf(picture: Sharp): Promise<Buffer> {
  return picture.removeAlpha().toColourspace('srgb').raw().toBuffer()
}
