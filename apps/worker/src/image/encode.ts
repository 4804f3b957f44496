import { type Recipe, type VariantFormat, variantTypes } from '@visage/shared/avatar/recipe'
import type { Sharp } from 'sharp'
import { open, type Pixels } from './decode.ts'

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
export async function encode(
  pixels: Pixels,
  format: VariantFormat,
  recipe: Recipe,
): Promise<Buffer> {
  try {
    return await encoders[format](open(pixels), recipe).toBuffer()
  } catch (cause) {
    throw new EncodeError(`${variantTypes[format].label} could not be written`, { cause })
  }
}
