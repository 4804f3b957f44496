import {
  animationModes,
  FALLBACK_FORMAT,
  type Recipe,
  recipe,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import { type RecipeId, recipeId } from '@visage/shared/avatar/recipe-id'
import type { acceptSettings } from '@visage/shared/config/common'
import { listOf, sides } from '@visage/shared/config/list'
import type { Config } from '@visage/shared/config/read'
import { formats, oneOf, withDefault } from '@visage/shared/config/setting'
import { type Limits, limits } from './limits.ts'

const megapixels = (pixels: number) => `${pixels / 1_000_000}MP`
const mebibytes = (bytes: number) => `${bytes / 1024 ** 2}MiB`

/** Limits on the cost of rendering one picture. */
export const limitSettings = {
  maxHeldPixels: withDefault(
    'MAX_HELD_PIXELS',
    formats.pixels,
    megapixels(limits.heldPixels),
    'Maximum pixels of a picture that is not decoded row by row: a progressive JPEG, an interlaced PNG, or any other format. The worker keeps all of its pixels in memory, so a higher limit needs more `RENDER_MEMORY`. With `ANIMATED=keep`, the pixels of all frames count.',
  ),
  maxSide: withDefault(
    'MAX_SIDE',
    formats.count,
    `${limits.side}`,
    'Maximum length of the longer side of a picture, in pixels.',
  ),
  maxDecodedBytes: withDefault(
    'MAX_DECODED_BYTES',
    formats.size,
    mebibytes(limits.decodedBytes),
    'Maximum size of a picture that the worker keeps in memory as a whole: its pixels with all channels at full depth.',
  ),
  maxFrames: withDefault(
    'MAX_FRAMES',
    formats.count,
    `${limits.frames}`,
    'Maximum frames of an animation. The limit also applies with `ANIMATED=first`.',
  ),
  renderSeconds: withDefault(
    'RENDER_CPU_TIME',
    formats.seconds,
    `${limits.seconds}s`,
    'Maximum CPU time for one picture. A picture that needs more is rejected.',
  ),
  renderMemory: withDefault(
    'RENDER_MEMORY',
    formats.size,
    mebibytes(limits.memory),
    'Maximum resident memory of the process that renders one picture. A worker needs up to `RENDERERS` times this memory.',
  ),
} as const

export function limitsFrom(config: Config<typeof limitSettings & typeof acceptSettings>): Limits {
  return {
    accept: config.accept,
    pixels: config.maxPixels,
    heldPixels: config.maxHeldPixels,
    side: config.maxSide,
    decodedBytes: config.maxDecodedBytes,
    frames: config.maxFrames,
    seconds: config.renderSeconds,
    memory: config.renderMemory,
  }
}

/** The recipe of pictures that are rendered from now on. Existing variants stay unchanged. */
export const recipeSettings = {
  sizes: withDefault(
    'SIZES',
    sides,
    recipe.sizes.join(','),
    'Sides of the rendered squares, in pixels. A change applies to new uploads. `npm run rerender` applies it to existing avatars.',
  ),
  formats: withDefault(
    'FORMATS',
    withFallback(listOf(...variantFormats)),
    recipe.formats.join(','),
    'Formats of the rendered variants. JPEG is required for clients that do not name a format. More formats need more CPU time and storage for each upload.',
  ),
  background: withDefault(
    'BACKGROUND',
    formats.color,
    recipe.background,
    'Background colour of transparent pictures in JPEG variants.',
  ),
  animated: withDefault(
    'ANIMATED',
    oneOf(...animationModes),
    recipe.animated,
    'How animations are rendered. `first` renders the first frame only. `keep` also renders all frames as animated WebP.',
  ),
  webpQuality: quality('WEBP_QUALITY', 'webp'),
  jpegQuality: quality('JPEG_QUALITY', 'jpeg'),
  avifQuality: quality('AVIF_QUALITY', 'avif'),
} as const

export function recipeFrom(config: Config<typeof recipeSettings>): Recipe {
  const { avif, webp, jpeg, png } = recipe.encoding
  return {
    sizes: config.sizes,
    formats: config.formats,
    background: config.background,
    animated: config.animated,
    largestAnimated: recipe.largestAnimated,
    encoding: {
      avif: { ...avif, quality: config.avifQuality },
      webp: { ...webp, quality: config.webpQuality },
      jpeg: { ...jpeg, quality: config.jpegQuality },
      png,
    },
  }
}

/** Returns the id of the recipe that this configuration describes. */
export function recipeIdOf(config: Config<typeof recipeSettings>): RecipeId {
  return recipeId(recipeFrom(config))
}

function quality(name: string, format: 'webp' | 'jpeg' | 'avif') {
  const { label } = variantTypes[format]
  return withDefault(
    name,
    formats.quality,
    `${recipe.encoding[format].quality}`,
    `Quality of ${label} variants. A higher quality gives larger files.`,
  )
}

function withFallback({ format, parse }: ReturnType<typeof listOf<VariantFormat>>) {
  return {
    format: `${format}, including ${FALLBACK_FORMAT}`,
    parse: (text: string) => {
      const list = parse(text)
      return list?.includes(FALLBACK_FORMAT) ? list : undefined
    },
  }
}
