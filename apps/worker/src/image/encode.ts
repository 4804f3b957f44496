import type { recipe, VariantFormat } from '@visage/shared/avatar/recipe'
import { open, type Pixels } from './decode.ts'

export type Recipe = typeof recipe

/** What transparent pixels lie on in a format that has none. */
const BACKGROUND = '#ffffff'

const encoders: {
  readonly [F in VariantFormat]: (pixels: Pixels, settings: Recipe['formats'][F]) => Promise<Buffer>
} = {
  webp: (pixels, { quality, effort }) => open(pixels).webp({ quality, effort }).toBuffer(),
  jpeg: (pixels, { quality }) =>
    open(pixels).flatten({ background: BACKGROUND }).jpeg({ quality }).toBuffer(),
}

/** One variant's bytes: made from pixels alone, so that nothing else of the source can be in them. */
export function encode(
  pixels: Pixels,
  format: VariantFormat,
  { formats }: Recipe,
): Promise<Buffer> {
  return format === 'webp'
    ? encoders.webp(pixels, formats.webp)
    : encoders.jpeg(pixels, formats.jpeg)
}
