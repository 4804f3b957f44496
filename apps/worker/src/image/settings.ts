import type { SourceFormat } from '@visage/shared/avatar/formats'
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
import { listOf, sides } from '@visage/shared/config/list'
import type { Config } from '@visage/shared/config/read'
import { formats, oneOf, withDefault } from '@visage/shared/config/setting'
import { type Limits, limits } from './limits.ts'

const megapixels = (pixels: number) => `${pixels / 1_000_000}MP`
const mebibytes = (bytes: number) => `${bytes / 1024 ** 2}MiB`

/** What a picture may cost. */
export const limitSettings = {
  maxPixels: withDefault(
    'MAX_PIXELS',
    formats.pixels,
    megapixels(limits.pixels),
    'pixels of a picture that is decoded row by row: a baseline JPEG, a PNG that is not interlaced',
  ),
  maxHeldPixels: withDefault(
    'MAX_HELD_PIXELS',
    formats.pixels,
    megapixels(limits.heldPixels),
    'pixels of any other picture, which is decoded as a whole',
  ),
  maxSide: withDefault('MAX_SIDE', formats.count, `${limits.side}`, 'pixels of the longer side'),
  maxDecodedBytes: withDefault(
    'MAX_DECODED_BYTES',
    formats.size,
    mebibytes(limits.decodedBytes),
    'bytes of a picture once it is decoded',
  ),
  maxFrames: withDefault(
    'MAX_FRAMES',
    formats.count,
    `${limits.frames}`,
    'frames of an animation, even where only the first one is shown',
  ),
  renderSeconds: withDefault(
    'RENDER_CPU_TIME',
    formats.seconds,
    `${limits.seconds}s`,
    'CPU time that one picture may take',
  ),
  renderMemory: withDefault(
    'RENDER_MEMORY',
    formats.size,
    mebibytes(limits.memory),
    'resident memory that the process of one picture may come to',
  ),
} as const

export function limitsFrom(
  config: Config<typeof limitSettings> & { readonly accept: readonly SourceFormat[] },
): Limits {
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

/** What is rendered from every picture from now on; what is there stays as it is. */
export const recipeSettings = {
  sizes: withDefault(
    'SIZES',
    sides,
    recipe.sizes.join(','),
    'the sides of the squares that are rendered',
  ),
  formats: withDefault(
    'FORMATS',
    withFallback(listOf(...variantFormats)),
    recipe.formats.join(','),
    'the formats that are rendered; JPEG is for clients that name none',
  ),
  background: withDefault(
    'BACKGROUND',
    formats.color,
    recipe.background,
    'what transparent pixels lie on in a JPEG',
  ),
  animated: withDefault(
    'ANIMATED',
    oneOf(...animationModes),
    recipe.animated,
    'what is shown of an animation: its first frame, or all of them as animated WebP beside it',
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

/** What this configuration renders by. */
export function recipeIdOf(config: Config<typeof recipeSettings>): RecipeId {
  return recipeId(recipeFrom(config))
}

function quality(name: string, format: 'webp' | 'jpeg' | 'avif') {
  const { label } = variantTypes[format]
  return withDefault(
    name,
    formats.quality,
    `${recipe.encoding[format].quality}`,
    `of each ${label}`,
  )
}

function withFallback({ format, parse }: ReturnType<typeof listOf<VariantFormat>>) {
  return {
    format: `${format}, ${FALLBACK_FORMAT} among them`,
    parse: (text: string) => {
      const given = parse(text)
      return given?.includes(FALLBACK_FORMAT) ? given : undefined
    },
  }
}
