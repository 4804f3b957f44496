import { recipe, type VariantFormat } from '@visage/shared/avatar/recipe'
import type { Context } from 'koa'

export interface Description {
  readonly format: VariantFormat
  readonly etag: string
  readonly cacheControl: string
}

/** Nothing that a picture holds may run, be guessed at, or be kept from other sites' pages. */
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/**
 * Answers with one variant, whole or not at all. `load` is not called for a 304: whoever knows the
 * tag has had the bytes.
 */
export async function sendVariant(
  ctx: Context,
  { format, etag, cacheControl }: Description,
  load: () => Promise<Buffer>,
): Promise<void> {
  ctx.set({ ...HEADERS, ETag: etag, 'Cache-Control': cacheControl })
  ctx.status = 200
  if (knows(ctx, etag)) ctx.status = 304
  else ctx.body = await load()
  ctx.type = recipe.formats[format].mediaType
}

/**
 * RFC 9110, section 13.1.2: the tags are compared weakly. A `Cache-Control: no-cache` beside them, as
 * `fetch` in Node sends it, asks caches to check with us; it does not ask for the bytes once more.
 */
function knows(ctx: Context, etag: string): boolean {
  const tags = ctx.get('If-None-Match').split(',')
  return tags.some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
