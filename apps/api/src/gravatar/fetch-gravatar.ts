import { sniff, sourceFormats, sourceTypes } from '@visage/shared/avatar/formats'
import { etagOf } from '../avatars/etag.ts'

export interface Gravatar {
  readonly bytes: Buffer
  /** By the bytes. */
  readonly mediaType: string
  readonly etag: string
}

/** One of 512 pixels takes a tenth of it. */
const MAX_BYTES = 1024 ** 2
const MAX_REDIRECTS = 3

/** All that the server learns: nothing of the viewer. */
const HEADERS = { Accept: 'image/webp,image/png,image/jpeg,image/gif', 'User-Agent': 'visage' }

/**
 * Fetches a picture, following few redirects, and none to another origin.
 * @param timeout milliseconds for all of it
 * @returns undefined where there is none, or what there is cannot be shown: too large, or no picture by its bytes
 * @throws where the server does not answer, or with something else
 */
export async function fetchGravatar(url: string, timeout: number): Promise<Gravatar | undefined> {
  const signal = AbortSignal.timeout(timeout)
  let address = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(address, { headers: HEADERS, redirect: 'manual', signal })
    if (response.status === 200) return toGravatar(await bounded(response))
    await response.body?.cancel()
    if (response.status === 404) return undefined
    address = target(response, address)
  }
  throw new Error(`the Gravatar server redirected more than ${MAX_REDIRECTS} times`)
}

function target({ status, headers }: Response, from: string): string {
  const location = headers.get('Location')
  if (status < 300 || status > 399 || location === null)
    throw new Error(`the Gravatar server answered ${status}`)
  const to = new URL(location, from)
  if (to.origin !== new URL(from).origin)
    throw new Error('the Gravatar server redirected to another origin')
  return to.href
}

/** Leaving the loop early ends the download. */
async function bounded({ body }: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** SVG is no picture here: it could hold a program. */
function toGravatar(bytes: Buffer | undefined): Gravatar | undefined {
  const sniffed = bytes && sniff(bytes, sourceFormats)
  if (!bytes || !sniffed || !('accepted' in sniffed)) return undefined
  const { mediaType } = sourceTypes[sniffed.accepted]
  return { bytes, mediaType, etag: etagOf(bytes) }
}
