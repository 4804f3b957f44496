export type VariantFormat = 'avif' | 'webp' | 'jpeg' | 'png'

/** One rendered object of a picture. `size` is its side in pixels, `bytes` its length. */
export interface Variant {
  readonly size: number
  readonly format: VariantFormat
  readonly bytes: number
  /** It moves; beside it there is one of the first frame alone. */
  readonly animated?: true
}

/**
 * Every format that any recipe can ask for. Rows, keys and addresses outlive the recipe that they come
 * from, so that what reads those goes by this table and never by the configuration.
 */
export const variantTypes: Readonly<
  Record<VariantFormat, { label: string; extension: string; mediaType: string }>
> = {
  avif: { label: 'AVIF', extension: 'avif', mediaType: 'image/avif' },
  webp: { label: 'WebP', extension: 'webp', mediaType: 'image/webp' },
  jpeg: { label: 'JPEG', extension: 'jpg', mediaType: 'image/jpeg' },
  png: { label: 'PNG', extension: 'png', mediaType: 'image/png' },
}

/** What a variant's own address shows never changes. */
export const VARIANT_CACHE_CONTROL = 'public, max-age=31536000, immutable'

export const variantFormats = Object.keys(variantTypes) as VariantFormat[]

/** The format that every client reads, for those that name none: no recipe is without it. */
export const FALLBACK_FORMAT = 'jpeg'

/** What becomes of an animation: its first frame alone, or all of its frames as well. */
export const animationModes = ['first', 'keep'] as const

/** What is rendered from every picture: squares of these sides, each in each of these formats. Plain data. */
export interface Recipe {
  readonly sizes: readonly number[]
  /** `FALLBACK_FORMAT` among them. */
  readonly formats: readonly VariantFormat[]
  /** What transparent pixels lie on in a format that has none, as `#rrggbb`. */
  readonly background: string
  readonly animated: (typeof animationModes)[number]
  /** The largest side of an animation: one of 500 takes longer than those of 256, 128 and 64 together. */
  readonly largestAnimated: number
  /** How each format is written, in the encoder's own words. */
  readonly encoding: {
    readonly avif: { readonly quality: number; readonly effort: number }
    readonly webp: { readonly quality: number; readonly effort: number }
    readonly jpeg: { readonly quality: number }
    readonly png: { readonly compressionLevel: number }
  }
}

/** Unless the configuration says otherwise. AVIF at effort 4 takes 20 times as long as at 0. */
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

/** The words that `size` takes beside a number of pixels. */
export const namedSizes = { l: 512, m: 128, s: 64 } as const

/**
 * The sides to render from a source whose cropped square has side `source`, largest first.
 * Nothing is enlarged: where the source is smaller than the largest size, its own side leads instead.
 */
export function renderSizes(source: number, sizes: readonly number[] = recipe.sizes): number[] {
  const largest = Math.min(source, Math.max(...sizes))
  const smaller = sizes.filter((size) => size < largest)
  return [largest, ...smaller].sort((a, b) => b - a)
}

/** The same for an animation: the sizes up to `largestAnimated`, or the smallest there is. */
export function animatedRenderSizes(source: number, { sizes, largestAnimated }: Recipe): number[] {
  const fitting = sizes.filter((size) => size <= largestAnimated)
  return renderSizes(source, fitting.length > 0 ? fitting : [Math.min(...sizes)])
}

/** The smallest of `variants` of that kind that is at least `wanted` pixels, else the largest there is. */
export function pickVariant(
  variants: readonly Variant[],
  { format, animated }: Pick<Variant, 'format' | 'animated'>,
  wanted: number,
): Variant | undefined {
  let picked: Variant | undefined
  for (const variant of variants)
    if (variant.format === format && variant.animated === animated)
      picked = picked ? nearer(picked, variant, wanted) : variant
  return picked
}

const nearer = (a: Variant, b: Variant, wanted: number) => {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  return small.size >= wanted ? small : large
}
