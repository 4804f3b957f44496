import { KeyObject } from 'node:crypto'
import { causedBy } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { createRemoteJWKSet, customFetch, errors } from 'jose'
import { supportedAlgorithms } from './algorithms.ts'
import { KeyFetch } from './fetch-jwks.ts'
import type { FindKey } from './signature.ts'

export interface KeySetSettings {
  readonly url: URL
  /** Milliseconds that one fetch may take. */
  readonly timeout: number
  /** Milliseconds after which the keys are fetched again, beside the requests that use them. */
  readonly maxAge: number
  /** Milliseconds in which a `kid` that is not among the keys just fetched, or a failure, leads to no other fetch. */
  readonly cooldown: number
}

/** Milliseconds for which keys are used on while the provider is away: one that it revoked must end some day. */
const KEPT = 24 * 60 * 60 * 1000

/**
 * The keys of a provider (RFC 7517), by `kid`: fetched with the first token, again by age, and again
 * when a token names a key that is not among them, so that keys are rotated without a restart.
 * `use`, `key_ops`, `alg` and `kty` must fit, and an `oct` key is never one.
 */
export function keySet({ url, timeout, maxAge, cooldown }: KeySetSettings, log: Logger): FindKey {
  const source = new KeyFetch(cooldown, log)
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeout,
    cooldownDuration: cooldown,
    cacheMaxAge: KEPT,
    [customFetch]: source.fetch,
  })
  const refreshIfOld = () => {
    const age = Date.now() - source.fetchedAt
    if (age > maxAge && age < KEPT && !keys.reloading) keys.reload().catch(() => {})
  }

  /** @throws keysUnavailable: what cannot be checked now is no fault of the client's */
  return async (alg, kid) => {
    if (typeof kid !== 'string' || kid === '') return undefined
    refreshIfOld()
    try {
      const key = KeyObject.from(await keys({ alg, kid }))
      if (supportedAlgorithms(key).includes(alg)) return key
      throw new Error('the provider has a key that is too weak')
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      throw causedBy('keysUnavailable', error)
    }
  }
}
