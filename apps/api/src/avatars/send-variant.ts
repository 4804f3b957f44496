import { type VariantFormat, variantTypes } from '@visage/shared/avatar/recipe'
import type { Context } from 'koa'

export interface Description {
  readonly format: VariantFormat
  readonly etag: string
  readonly cacheControl: string
}

/**
 * Answers with one variant, whole or not at all. `load` is not called for a 304 to a tag: whoever
 * knows it has had the bytes.
 */
export async function sendVariant(
  ctx: Context,
  { format, etag, cacheControl }: Description,
  load: () => Promise<Buffer>,
): Promise<void> {
  const tags = ctx.get('If-None-Match').split(',').map(strong)
  const bytes = tags.includes(etag) ? undefined : await load()
  ctx.set({ ETag: etag, 'Cache-Control': cacheControl })
  ctx.status = 200
  if (bytes === undefined || tags.includes('*')) ctx.status = 304
  else ctx.body = bytes
  ctx.type = variantTypes[format].mediaType
}

/**
 * RFC 9110, section 13.1.2: tags are compared weakly, and `*` stands for whatever there is. A
 * `Cache-Control: no-cache` beside them, as `fetch` in Node sends it, asks caches to check with us; it
 * does not ask for the bytes once more.
 */
function strong(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
