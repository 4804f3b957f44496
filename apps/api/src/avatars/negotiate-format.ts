import {
  FALLBACK_FORMAT,
  TRANSPARENT_FALLBACK_FORMAT,
  type Variant,
  type VariantFormat,
  variantFormats,
  variantTypes,
} from '@visage/shared/avatar/recipe'
import Negotiator from 'negotiator'
import { memoize } from '../http/memoize.ts'

/**
 * Chooses the format of a still picture: the format that the client prefers among those that `Accept` names and the
 * picture has, otherwise JPEG, or PNG if the picture has transparency. A wildcard does not prove that the client can
 * read the other formats.
 */
export function negotiateFormat(accept: string, variants: readonly Variant[]): VariantFormat {
  const has = (format: VariantFormat) => variants.some((v) => v.format === format && !v.animated)
  const fallback = variants.some((v) => v.fallback) ? TRANSPARENT_FALLBACK_FORMAT : FALLBACK_FORMAT
  return preferred[fallback](accept).find(has) ?? fallback
}

type Fallback = typeof FALLBACK_FORMAT | typeof TRANSPARENT_FALLBACK_FORMAT

const preferred: Readonly<Record<Fallback, (accept: string) => readonly VariantFormat[]>> = {
  jpeg: memoize((header) => listPreferred(header, 'jpeg')),
  png: memoize((header) => listPreferred(header, 'png')),
}

/** Lists the fallback and the formats that `Accept` names, in the client's order of preference. */
function listPreferred(header: string, fallback: Fallback): readonly VariantFormat[] {
  const accept = new Negotiator({ headers: header === '' ? {} : { accept: header } })
  const named = accept.mediaTypes().map((type) => type.toLowerCase())
  const isNamed = (format: VariantFormat) => named.includes(variantTypes[format].mediaType)
  const others = variantFormats.filter((format) => format !== fallback && isNamed(format))
  const offered: VariantFormat[] = [fallback, ...others]
  const types = offered.map((format) => variantTypes[format].mediaType)
  return accept.mediaTypes(types).flatMap((type) => offered[types.indexOf(type)] ?? [])
}
