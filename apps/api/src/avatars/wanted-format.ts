import {
  FALLBACK_FORMAT,
  type Variant,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import type { Context } from 'koa'

/**
 * Among the formats that this picture has without motion, the one that the client likes best of those that it names,
 * else JPEG: a wildcard is no proof that it reads the others.
 */
export function wantedFormat(ctx: Context, variants: readonly Variant[]): VariantFormat {
  const named = [ctx.accepts()].flat().map((type) => String(type).toLowerCase())
  const has = (format: VariantFormat) => variants.some((v) => v.format === format && !v.animated)
  const isNamed = (format: VariantFormat) => named.includes(variantTypes[format].mediaType)
  const offered: VariantFormat[] = [
    FALLBACK_FORMAT,
    ...variantFormats.filter((f) => f !== FALLBACK_FORMAT && has(f) && isNamed(f)),
  ]
  const best = ctx.accepts(offered.map((format) => variantTypes[format].mediaType))
  return offered.find((format) => variantTypes[format].mediaType === best) ?? FALLBACK_FORMAT
}
