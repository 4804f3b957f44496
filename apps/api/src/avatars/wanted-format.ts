import {
  FALLBACK_FORMAT,
  type Variant,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import type { Context } from 'koa'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'

/** Browsers send few different ones; longer ones are read each time. */
const preferences = new LRUCache<string, readonly VariantFormat[]>({ max: 500 })
const LONGEST = 256

/**
 * Among the formats that this picture has without motion, the one that the client likes best of those that it names,
 * else JPEG: a wildcard is no proof that it reads the others.
 */
export function wantedFormat(ctx: Context, variants: readonly Variant[]): VariantFormat {
  const has = (format: VariantFormat) => variants.some((v) => v.format === format && !v.animated)
  return preferred(ctx).find(has) ?? FALLBACK_FORMAT
}

function preferred(ctx: Context): readonly VariantFormat[] {
  const accept = ctx.get('Accept')
  const known = preferences.get(accept)
  if (known) return known
  const read = readPreference(ctx)
  if (accept.length <= LONGEST) preferences.set(accept, read)
  return read
}

/** Those that `Accept` names, and JPEG, as it likes them best. */
function readPreference({ req }: Context): readonly VariantFormat[] {
  const accept = new Negotiator(req)
  const named = accept.mediaTypes().map((type) => type.toLowerCase())
  const isNamed = (format: VariantFormat) => named.includes(variantTypes[format].mediaType)
  const others = variantFormats.filter((format) => format !== FALLBACK_FORMAT && isNamed(format))
  const offered: VariantFormat[] = [FALLBACK_FORMAT, ...others]
  const types = offered.map((format) => variantTypes[format].mediaType)
  return accept.mediaTypes(types).flatMap((type) => offered[types.indexOf(type)] ?? [])
}
