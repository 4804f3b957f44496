import { sniff, sourceFormats, sourceTypes } from '@visage/shared/avatar/formats'
import { etagOf } from '../avatars/etag.ts'

export interface Gravatar {
  readonly bytes: Buffer
  /** Detected from the bytes. */
  readonly mediaType: string
  readonly etag: string
}

/** A Gravatar of 512 pixels takes about a tenth of this limit. */
const MAX_BYTES = 1024 ** 2
const MAX_REDIRECTS = 3

/** The complete request headers. They carry no information about the viewer. */
const REQUEST_HEADERS = {
  Accept: 'image/webp,image/png,image/jpeg,image/gif',
  'User-Agent': 'visage',
}

/**
 * Fetches a picture. Follows at most MAX_REDIRECTS redirects, and none to another origin.
 * @param timeout milliseconds for the whole fetch, redirects included
 * @returns undefined if the server answers 404, or the body is too large or not a picture
 * @throws if the server does not answer, or answers with another status
 */
export async function fetchGravatar(url: string, timeout: number): Promise<Gravatar | undefined> {
  const signal = AbortSignal.timeout(timeout)
  let address = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(address, { headers: REQUEST_HEADERS, redirect: 'manual', signal })
    if (response.status === 200) return toGravatar(await readBounded(response))
    await response.body?.cancel()
    if (response.status === 404) return undefined
    address = redirectTarget(response, address)
  }
  throw new Error(`Gravatar server redirected too often; the limit is ${MAX_REDIRECTS} redirects`)
}

function redirectTarget({ status, headers }: Response, from: string): string {
  const location = headers.get('Location')
  if (status < 300 || status > 399 || location === null)
    throw new Error(`Gravatar server answered ${status}; expected 200, 404 or a redirect`)
  const to = new URL(location, from)
  if (to.origin !== new URL(from).origin)
    throw new Error(
      'Gravatar server redirected to another origin; redirects must stay on the same origin',
    )
  return to.href
}

/** Returns undefined if the body exceeds MAX_BYTES. Leaving the loop early cancels the download. */
async function readBounded({ body }: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Returns undefined if the bytes are not a raster picture. SVG is excluded because it can contain scripts. */
function toGravatar(bytes: Buffer | undefined): Gravatar | undefined {
  const sniffed = bytes && sniff(bytes, sourceFormats)
  if (!bytes || !sniffed || !('accepted' in sniffed)) return undefined
  const { mediaType } = sourceTypes[sniffed.accepted]
  return { bytes, mediaType, etag: etagOf(bytes) }
}
