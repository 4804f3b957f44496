import { type Recipe, type VariantFormat, variantTypes } from '@visage/shared/avatar/recipe'
import sharp, { type Sharp } from 'sharp'
import { open, type Pixels } from './decode.ts'
import type { Animation } from './inspect.ts'
import type { Strip } from './strip.ts'

const encoders: Readonly<Record<VariantFormat, (image: Sharp, recipe: Recipe) => Sharp>> = {
  avif: (image, { encoding }) => image.avif(encoding.avif),
  webp: (image, { encoding }) => image.webp(encoding.webp),
  jpeg: (image, { encoding, background }) => image.flatten({ background }).jpeg(encoding.jpeg),
  png: (image, { encoding }) => image.png(encoding.png),
}

/** A build of sharp that lacks a codec: no picture's fault. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}

/**
 * One variant's bytes: made from pixels alone, so that nothing else of the source can be in them.
 * @throws EncodeError
 */
export function encode(pixels: Pixels, format: VariantFormat, recipe: Recipe): Promise<Buffer> {
  return write(() => encoders[format](open(pixels), recipe), format)
}

/** The same for all frames, as a WebP that moves as its source does. */
export function encodeAnimation(
  { data, width, height, channels }: Strip,
  { delays, loop }: Animation,
  { encoding }: Recipe,
): Promise<Buffer> {
  const rows = data.length / (width * channels)
  const raw = { width, height: rows, channels, pageHeight: height }
  const moving = { ...encoding.webp, delay: [...delays], loop }
  const image = () => sharp(data, { raw, pages: -1, limitInputPixels: false }).webp(moving)
  return write(image, 'webp')
}

async function write(image: () => Sharp, format: VariantFormat): Promise<Buffer> {
  try {
    return await image().toBuffer()
  } catch (cause) {
    throw new EncodeError(`${variantTypes[format].label} could not be written`, { cause })
  }
}
