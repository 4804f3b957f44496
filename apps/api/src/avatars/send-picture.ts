import type { Context } from 'koa'

export interface PictureHeaders {
  readonly mediaType: string
  readonly etag: string
  readonly cacheControl: string
}

/**
 * Answers with one whole picture. Ignores `Range`, which RFC 9110, section 14.2, allows. Does not call `load` if
 * `If-None-Match` names the tag: the client already has the bytes.
 * @returns false, with nothing sent, if there are no bytes
 */
export async function sendPicture(
  ctx: Context,
  { mediaType, etag, cacheControl }: PictureHeaders,
  load: () => Buffer | undefined | Promise<Buffer | undefined>,
): Promise<boolean> {
  const tags = ctx.req.headers['if-none-match'] ?? ''
  const isKnown = lists(tags, etag)
  const bytes = isKnown ? undefined : await load()
  if (!isKnown && bytes === undefined) return false
  ctx.res.setHeader('ETag', etag)
  ctx.res.setHeader('Cache-Control', cacheControl)
  if (bytes === undefined || lists(tags, '*')) sendNotModified(ctx)
  else sendBytes(ctx, mediaType, bytes)
  return true
}

/** Bypasses Koa, which would remove the headers of a body twice. Most responses are 304, so this cost matters. */
function sendNotModified(ctx: Context): void {
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
 * Whether `If-None-Match` lists a tag. RFC 9110, section 13.1.2: tags are compared weakly, and `*` matches any
 * representation. A `Cache-Control: no-cache` in the same request, as `fetch` in Node sends it, asks caches to
 * revalidate; it does not ask for the bytes again. The first comparison is fast: most clients send one tag, unchanged.
 */
const lists = (tags: string, tag: string) =>
  tags === tag || tags.split(',').map(stripWeakPrefix).includes(tag)

const stripWeakPrefix = (tag: string) => tag.trim().replace(/^W\//, '')
