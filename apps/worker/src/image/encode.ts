import { type Recipe, type VariantFormat, variantTypes } from '@visage/shared/avatar/recipe'
import sharp, { type Sharp } from 'sharp'
import { openPixels, type Pixels } from './decode.ts'
import type { Animation } from './inspect.ts'
import type { Strip } from './strip.ts'

const encoders: Readonly<Record<VariantFormat, (image: Sharp, recipe: Recipe) => Sharp>> = {
  avif: (image, { encoding }) => image.avif(encoding.avif),
  webp: (image, { encoding }) => image.webp(encoding.webp),
  jpeg: (image, { encoding, background }) => image.flatten({ background }).jpeg(encoding.jpeg),
  png: (image, { encoding }) => image.png(encoding.png),
}

/** The encoder failed, for example because this build of sharp lacks the codec. The picture is not the cause. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}

/**
 * Encodes one variant from pixels alone, so that the result contains no metadata of the source.
 * @throws EncodeError
 */
export function encode(pixels: Pixels, format: VariantFormat, recipe: Recipe): Promise<Buffer> {
  return write(() => encoders[format](openPixels(pixels), recipe), format)
}

/** Encodes all frames as an animated WebP with the delays and the loop count of the source.  @throws EncodeError */
export function encodeAnimation(
  { data, width, height, channels }: Strip,
  { delays, loop }: Animation,
  { encoding }: Recipe,
): Promise<Buffer> {
  const rows = data.length / (width * channels)
  const raw = { width, height: rows, channels, pageHeight: height }
  const options = { ...encoding.webp, delay: [...delays], loop }
  const image = () => sharp(data, { raw, pages: -1, limitInputPixels: false }).webp(options)
  return write(image, 'webp')
}

async function write(image: () => Sharp, format: VariantFormat): Promise<Buffer> {
  try {
    return await image().toBuffer()
  } catch (cause) {
    throw new EncodeError(`Failed to encode ${variantTypes[format].label}`, { cause })
  }
}
