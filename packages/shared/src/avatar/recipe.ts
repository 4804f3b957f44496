export type VariantFormat = 'webp' | 'jpeg'

/** One rendered object of a picture. `size` is its side in pixels, `bytes` its length. */
export interface Variant {
  readonly size: number
  readonly format: VariantFormat
  readonly bytes: number
}

/** What is rendered from every picture: squares of these sides, each in each of these formats. */
export const recipe = {
  sizes: [512, 256, 128, 64],
  formats: {
    webp: { extension: 'webp', mediaType: 'image/webp', quality: 80, effort: 4 },
    jpeg: { extension: 'jpg', mediaType: 'image/jpeg', quality: 82 },
  },
} as const

export const variantFormats = Object.keys(recipe.formats) as VariantFormat[]

/** The words that `size` takes beside a number of pixels. */
export const namedSizes: Readonly<Record<string, number>> = { l: 512, m: 128, s: 64 }

/**
 * The sides to render from a source whose cropped square has side `source`, largest first.
 * Nothing is enlarged: where the source is smaller than the largest size, its own side leads instead.
 */
export function sidesFor(source: number, sizes: readonly number[] = recipe.sizes): number[] {
  const largest = Math.min(source, Math.max(...sizes))
  const smaller = sizes.filter((size) => size < largest)
  return [largest, ...smaller].sort((a, b) => b - a)
}

/** The smallest of `variants` in `format` that is at least `wanted` pixels, else the largest there is. */
export function pickVariant(
  variants: readonly Variant[],
  format: VariantFormat,
  wanted: number,
): Variant | undefined {
  const ascending = variants.filter((v) => v.format === format).sort((a, b) => a.size - b.size)
  return ascending.find((v) => v.size >= wanted) ?? ascending.at(-1)
}
