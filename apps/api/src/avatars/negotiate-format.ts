import {
  FALLBACK_FORMAT,
  type Variant,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import Negotiator from 'negotiator'
import { cached } from '../http/cached.ts'

/**
 * Among the formats that this picture has without motion, the one that the client likes best of those that it names,
 * else JPEG: a wildcard is no proof that it reads the others.
 */
export function negotiateFormat(accept: string, variants: readonly Variant[]): VariantFormat {
  const has = (format: VariantFormat) => variants.some((v) => v.format === format && !v.animated)
  return preferred(accept).find(has) ?? FALLBACK_FORMAT
}

/** Those that `Accept` names, and JPEG, as it likes them best. */
const preferred = cached((header): readonly VariantFormat[] => {
  const accept = new Negotiator({ headers: header === '' ? {} : { accept: header } })
  const named = accept.mediaTypes().map((type) => type.toLowerCase())
  const isNamed = (format: VariantFormat) => named.includes(variantTypes[format].mediaType)
  const others = variantFormats.filter((format) => format !== FALLBACK_FORMAT && isNamed(format))
  const offered: VariantFormat[] = [FALLBACK_FORMAT, ...others]
  const types = offered.map((format) => variantTypes[format].mediaType)
  return accept.mediaTypes(types).flatMap((type) => offered[types.indexOf(type)] ?? [])
})
