import {
  FALLBACK_FORMAT,
  type Variant,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import Negotiator from 'negotiator'
import { memoize } from '../http/memoize.ts'

/**
 * Chooses the format of a still picture: the format that the client prefers among those that `Accept` names and the
 * picture has, otherwise JPEG. A wildcard does not prove that the client can read the other formats.
 */
export function negotiateFormat(accept: string, variants: readonly Variant[]): VariantFormat {
  const has = (format: VariantFormat) => variants.some((v) => v.format === format && !v.animated)
  return preferred(accept).find(has) ?? FALLBACK_FORMAT
}

/** Lists JPEG and the formats that `Accept` names, in the client's order of preference. */
const preferred = memoize((header): readonly VariantFormat[] => {
  const accept = new Negotiator({ headers: header === '' ? {} : { accept: header } })
  const named = accept.mediaTypes().map((type) => type.toLowerCase())
  const isNamed = (format: VariantFormat) => named.includes(variantTypes[format].mediaType)
  const others = variantFormats.filter((format) => format !== FALLBACK_FORMAT && isNamed(format))
  const offered: VariantFormat[] = [FALLBACK_FORMAT, ...others]
  const types = offered.map((format) => variantTypes[format].mediaType)
  return accept.mediaTypes(types).flatMap((type) => offered[types.indexOf(type)] ?? [])
})
