export type VariantFormat = 'avif' | 'webp' | 'jpeg' | 'png'

/** One rendered object of a picture. `size`: its side in pixels. `bytes`: its length. */
export interface Variant {
  readonly size: number
  readonly format: VariantFormat
  readonly bytes: number
  /** Present if the variant is animated. Each picture also has still variants, of the first frame. */
  readonly animated?: true
  /** Present if clients that name no format get this variant instead of JPEG. */
  readonly fallback?: true
}

/**
 * Every format that a recipe can contain. Rows, keys and public URLs outlive their recipe. Code that reads them must
 * use this table, not the configuration.
 */
export const variantTypes: Readonly<
  Record<VariantFormat, { label: string; extension: string; mediaType: string }>
> = {
  avif: { label: 'AVIF', extension: 'avif', mediaType: 'image/avif' },
  webp: { label: 'WebP', extension: 'webp', mediaType: 'image/webp' },
  jpeg: { label: 'JPEG', extension: 'jpg', mediaType: 'image/jpeg' },
  png: { label: 'PNG', extension: 'png', mediaType: 'image/png' },
}

/** The content at a variant's URL never changes. */
export const VARIANT_CACHE_CONTROL = 'public, max-age=31536000, immutable'

export const variantFormats = Object.keys(variantTypes) as VariantFormat[]

/** Format for clients that name none. Every client can decode it, and every recipe must contain it. */
export const FALLBACK_FORMAT = 'jpeg'

/** The same for pictures with transparency, which JPEG cannot store. Rendered even if the recipe does not contain it. */
export const TRANSPARENT_FALLBACK_FORMAT = 'png'

/** `first`: only the first frame of an animation is rendered. `keep`: animated variants are rendered as well. */
export const animationModes = ['first', 'keep'] as const

/** The variants to render from every picture: a square of each size in each format. Plain data. */
export interface Recipe {
  readonly sizes: readonly number[]
  /** Includes `FALLBACK_FORMAT`. */
  readonly formats: readonly VariantFormat[]
  /** Background of transparent pixels in a format without transparency, as `#rrggbb`. */
  readonly background: string
  readonly animated: (typeof animationModes)[number]
  /** Largest side of an animated variant. A side of 500 takes longer than sides of 256, 128 and 64 together. */
  readonly largestAnimated: number
  /** Options of each encoder, with the names that sharp uses. */
  readonly encoding: {
    readonly avif: { readonly quality: number; readonly effort: number }
    readonly webp: { readonly quality: number; readonly effort: number }
    readonly jpeg: { readonly quality: number }
    readonly png: { readonly compressionLevel: number }
  }
}

/** The default recipe. Settings override it. At effort 4, AVIF takes about 42 times the CPU time of effort 0. */
export const recipe: Recipe = {
  sizes: [512, 256, 128, 64],
  formats: ['webp', 'jpeg'],
  background: '#ffffff',
  animated: 'first',
  largestAnimated: 256,
  encoding: {
    avif: { quality: 55, effort: 0 },
    webp: { quality: 80, effort: 4 },
    jpeg: { quality: 82 },
    png: { compressionLevel: 6 },
  },
}

/** Names that the `size` parameter accepts as well as a number of pixels. */
export const namedSizes = { l: 512, m: 128, s: 64 } as const

/**
 * Returns the sides to render, largest first. Pictures are never enlarged: if `source` is smaller than the largest
 * size, it replaces all sizes that are at least as large.
 * @param source side of the cropped square, in pixels of the source
 */
export function renderSizes(source: number, sizes: readonly number[] = recipe.sizes): number[] {
  const largest = Math.min(source, Math.max(...sizes))
  const smaller = sizes.filter((size) => size < largest)
  return [largest, ...smaller].sort((a, b) => b - a)
}

/** Returns the sides of animated variants: the sizes up to `largestAnimated`, or the smallest if all are larger. */
export function animatedRenderSizes(source: number, { sizes, largestAnimated }: Recipe): number[] {
  const allowed = sizes.filter((size) => size <= largestAnimated)
  return renderSizes(source, allowed.length > 0 ? allowed : [Math.min(...sizes)])
}

/** Picks the smallest variant of a kind that has at least `wanted` pixels a side, or the largest if all are smaller. */
export function pickVariant(
  variants: readonly Variant[],
  { format, animated }: Pick<Variant, 'format' | 'animated'>,
  wanted: number,
): Variant | undefined {
  let picked: Variant | undefined
  for (const variant of variants)
    if (variant.format === format && variant.animated === animated)
      picked = picked ? pickCloser(picked, variant, wanted) : variant
  return picked
}

const pickCloser = (a: Variant, b: Variant, wanted: number) => {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  return small.size >= wanted ? small : large
}
