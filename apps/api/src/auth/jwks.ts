import { KeyObject } from 'node:crypto'
import { causedBy } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { createRemoteJWKSet, customFetch, errors } from 'jose'
import { supportedAlgorithms } from './algorithms.ts'
import { JwksFetcher } from './fetch-jwks.ts'
import type { FindKey } from './signature.ts'

export interface KeySetSettings {
  readonly url: URL
  /** Milliseconds until one fetch fails. */
  readonly timeout: number
  /** Milliseconds after which the keys are fetched again, in the background. */
  readonly maxAge: number
  /**
   * Milliseconds after a fetch in which an unknown `kid` does not trigger another fetch; also the pause after a
   * failure.
   */
  readonly cooldown: number
}

/** Milliseconds for which cached keys stay valid while the provider is unavailable. Limits the use of revoked keys. */
const MAX_STALE_AGE = 24 * 60 * 60 * 1000

/**
 * Finds keys in a provider's key set (RFC 7517) by `kid`. Fetches the set for the first token, after `maxAge`, and when
 * a token names an unknown `kid`, so that key rotation needs no restart. `use`, `key_ops`, `alg` and `kty` must match;
 * an `oct` key never matches.
 */
export function keySet({ url, timeout, maxAge, cooldown }: KeySetSettings, log: Logger): FindKey {
  const fetcher = new JwksFetcher(cooldown, log)
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeout,
    cooldownDuration: cooldown,
    cacheMaxAge: MAX_STALE_AGE,
    [customFetch]: fetcher.fetch,
  })
  const refreshIfOld = () => {
    const age = Date.now() - fetcher.fetchedAt
    if (age > maxAge && age < MAX_STALE_AGE && !keys.reloading) keys.reload().catch(() => {})
  }

  /** @throws keysUnavailable, because the client is not at fault if the key cannot be fetched */
  return async (alg, kid) => {
    if (typeof kid !== 'string' || kid === '') return undefined
    refreshIfOld()
    try {
      const key = KeyObject.from(await keys({ alg, kid }))
      if (supportedAlgorithms(key).includes(alg)) return key
      throw new Error(`the provider's key cannot verify ${alg}, or is too weak`)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      throw causedBy('keysUnavailable', error)
    }
  }
}
