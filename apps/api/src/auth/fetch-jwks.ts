import type { Logger } from '@visage/shared/log/logger'
import { createLocalJWKSet, type FetchImplementation, type JSONWebKeySet } from 'jose'

/** The key sets of large providers, including certificates, need a tenth of this size. */
const MAX_BYTES = 256 * 1024

/**
 * Fetches a key set for jose. Adds three safeguards that jose lacks: a size limit, validation before the new keys
 * replace the cached ones, and a cooldown after a failure, so that a failing provider does not get a request for each
 * token.
 */
export class JwksFetcher {
  /** Time of the last successful fetch, in milliseconds since 1970. */
  fetchedAt = Number.NEGATIVE_INFINITY
  #lastFailure: { readonly at: number; readonly error: unknown } | undefined
  readonly #cooldown: number
  readonly #log: Logger

  /** @param cooldown milliseconds without a fetch after a failure */
  constructor(cooldown: number, log: Logger) {
    this.#cooldown = cooldown
    this.#log = log
  }

  readonly fetch: FetchImplementation = async (url, options) => {
    if (this.#lastFailure && Date.now() - this.#lastFailure.at < this.#cooldown)
      throw this.#lastFailure.error
    try {
      const keys = await download(url, options)
      this.#lastFailure = undefined
      this.fetchedAt = Date.now()
      return Response.json(keys)
    } catch (error) {
      this.#lastFailure = { at: Date.now(), error }
      this.#log.warn({ err: error }, 'Failed to fetch keys from JWT_JWKS_URL; using cached keys')
      throw error
    }
  }
}

async function download(...request: Parameters<FetchImplementation>): Promise<JSONWebKeySet> {
  const response = await fetch(...request)
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the key provider answered with status ${response.status}; expected 200`)
  }
  const keys = JSON.parse(await readLimited(response))
  createLocalJWKSet(keys) // Throws if `keys` is not a key set.
  return keys
}

/** Reads at most MAX_BYTES. Throwing inside the loop cancels the download. */
async function readLimited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES)
      throw new Error(`the key set is larger than the limit of ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
