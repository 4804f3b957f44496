import type { Context } from 'koa'

export interface PictureHeaders {
  readonly mediaType: string
  readonly etag: string
  readonly cacheControl: string
}

/**
 * Answers with one picture, whole or not at all: a `Range` is not looked at, which RFC 9110, section 14.2,
 * leaves to the server. `load` is not called for a 304 to a tag: whoever knows it has had the bytes.
 * @returns false, and has answered nothing, where there are no bytes
 */
export async function sendPicture(
  ctx: Context,
  { mediaType, etag, cacheControl }: PictureHeaders,
  load: () => Buffer | undefined | Promise<Buffer | undefined>,
): Promise<boolean> {
  const tags = ctx.req.headers['if-none-match'] ?? ''
  const isKnown = names(tags, etag)
  const bytes = isKnown ? undefined : await load()
  if (!isKnown && bytes === undefined) return false
  ctx.res.setHeader('ETag', etag)
  ctx.res.setHeader('Cache-Control', cacheControl)
  if (bytes === undefined || names(tags, '*')) sendNothing(ctx)
  else sendBytes(ctx, mediaType, bytes)
  return true
}

/** Past Koa, which would take away twice what a body has to say of itself: most answers are these. */
function sendNothing(ctx: Context): void {
  ctx.respond = false
  ctx.res.statusCode = 304
  ctx.res.end()
}

function sendBytes(ctx: Context, mediaType: string, bytes: Buffer): void {
  ctx.status = 200
  ctx.type = mediaType
  ctx.set('Accept-Ranges', 'none')
  ctx.body = bytes
}

/**
 * RFC 9110, section 13.1.2: tags are compared weakly, and `*` stands for whatever there is. A
 * `Cache-Control: no-cache` beside them, as `fetch` in Node sends it, asks caches to check with us; it
 * does not ask for the bytes once more. Most clients know one tag, as it was sent.
 */
const names = (tags: string, tag: string) =>
  tags === tag || tags.split(',').map(strong).includes(tag)

const strong = (tag: string) => tag.trim().replace(/^W\//, '')
