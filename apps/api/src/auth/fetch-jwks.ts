import type { Logger } from '@visage/shared/log/logger'
import { createLocalJWKSet, type FetchImplementation, type JSONWebKeySet } from 'jose'

/** Those of the large providers, with their certificates, take a tenth of it. */
const MAX_BYTES = 256 * 1024

/**
 * How jose fetches a key set, with what it leaves open: a bound on the size, a look at what came before it
 * replaces what is known, and a pause after a failure, so that a provider in trouble is not asked with each token.
 */
export class KeyFetch {
  /** When the keys that are known came, in milliseconds since 1970. */
  fetchedAt = Number.NEGATIVE_INFINITY
  #failed: { readonly at: number; readonly error: unknown } | undefined
  readonly #cooldown: number
  readonly #log: Logger

  /** @param cooldown milliseconds in which nothing is fetched after a failure */
  constructor(cooldown: number, log: Logger) {
    this.#cooldown = cooldown
    this.#log = log
  }

  readonly fetch: FetchImplementation = async (url, options) => {
    if (this.#failed && Date.now() - this.#failed.at < this.#cooldown) throw this.#failed.error
    try {
      const keys = await download(url, options)
      this.#failed = undefined
      this.fetchedAt = Date.now()
      return Response.json(keys)
    } catch (error) {
      this.#failed = { at: Date.now(), error }
      this.#log.warn({ err: error }, 'no keys from JWT_JWKS_URL; those known are used on')
      throw error
    }
  }
}

async function download(...request: Parameters<FetchImplementation>): Promise<JSONWebKeySet> {
  const response = await fetch(...request)
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the key provider answered ${response.status}`)
  }
  const keys = JSON.parse(await bounded(response))
  createLocalJWKSet(keys) // Throws where this is no key set.
  return keys
}

/** Leaving the loop early ends the download. */
async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error(`the key set is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
