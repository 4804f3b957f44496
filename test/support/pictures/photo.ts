import sharp, { type FormatEnum, type Sharp } from 'sharp'

export type PhotoFormat = keyof Pick<FormatEnum, 'jpeg' | 'png' | 'webp' | 'gif'> | 'avif'

export interface Photo {
  readonly format?: PhotoFormat
  readonly width?: number
  readonly height?: number
  /** Another number is another picture. */
  readonly seed?: number
  /** Stored turned, with an EXIF orientation that turns it back. */
  readonly orientation?: number
}

/** A picture as busy as a photograph, the same each time; turned or shifted it is another. */
export async function photo(options: Photo = {}): Promise<Buffer> {
  const { format = 'jpeg', width = 1200, height = 900, seed = 1, orientation } = options
  const pixels = Buffer.alloc(width * height * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = sample(i, width, height, seed)
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } })
  const turned = orientation === undefined ? picture : picture.withMetadata({ orientation })
  return turned.toFormat(format).toBuffer()
}

/** Broad waves of colour, fine ones of light, and grain: as in photographs, detail is grey. */
function sample(index: number, width: number, height: number, seed: number): number {
  const [pixel, channel] = [Math.floor(index / 3), index % 3]
  const x = (pixel % width) / width
  const y = Math.floor(pixel / width) / height
  const broad = Math.sin(4 * x * seed + 9 * y * y + 2 * channel) * 70
  const fine = Math.sin(90 * x * y + 40 * y) * 30
  const grain = ((Math.imul(pixel ^ (seed << 8), 2_654_435_761) >>> 24) - 128) / 16
  return Math.max(0, Math.min(255, 128 + broad + fine + grain))
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
