import { createHash } from 'node:crypto'
import { isUserId, type UserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { keySet } from './jwks.ts'
import { allowedAlgorithms, type TokenConfig } from './settings.ts'
import { CLOCK_TOLERANCE, type FindKey, type TrustedIssuer, verifySignature } from './signature.ts'
import { type Json, readObject } from './token-json.ts'

export type Scope = 'UserInfo.Read' | 'UserInfo.Write'

/** The authenticated user of a request, according to its valid token. */
export interface Caller {
  readonly userId: UserId
  /** SHA-256 of the trimmed, lower-case e-mail address, in hex. The address itself never leaves this file. */
  readonly emailHash: string | undefined
  may(scope: Scope): boolean
}

/** @throws loginRequired, invalidTokenType, keysUnavailable */
export type VerifyToken = (token: string) => Promise<Caller>

/** Verifies tokens as RFC 8725 requires: first the signature, then the claims. */
export function tokenVerifier(config: TokenConfig, log: Logger): VerifyToken {
  const trust: TrustedIssuer = {
    algorithms: allowedAlgorithms(config),
    keyFor: keySource(config, log),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  }
  return async (token) => readCaller(await verifySignature(token, trust))
}

/** The configuration has exactly one of the three key sources. */
function keySource(config: TokenConfig, log: Logger): FindKey {
  const { jwtJwksUrl: url, jwtJwksTimeout: timeout, jwtJwksMaxAge: maxAge } = config
  if (url) return keySet({ url, timeout, maxAge, cooldown: config.jwtJwksCooldown }, log)
  const key = config.jwtSecret ?? config.jwtPublicKey
  return async () => key
}

/** @param payload the signed payload in base64url */
function readCaller(payload: string): Caller {
  const claims = readObject(payload)
  if (!claims || !areValid(claims)) throw problem('loginRequired')
  if ((claims.token_type ?? 'access') !== 'access') throw problem('invalidTokenType')
  return {
    userId: claims.sub as UserId,
    emailHash: hashEmail(claims.email),
    may: (scope) => claims.client_id === undefined || grants(claims.scopes, scope),
  }
}

/** Checks the claims that RFC 8725 requires and jsonwebtoken 9 ignores. JSON.parse reads 1e999 as Infinity. */
function areValid({ sub, exp, nbf, iat }: Json): boolean {
  const latestIssue = Date.now() / 1000 + CLOCK_TOLERANCE
  return (
    isUserId(sub) &&
    Number.isFinite(exp) &&
    (nbf === undefined || Number.isFinite(nbf)) &&
    (iat === undefined || (Number.isFinite(iat) && (iat as number) <= latestIssue))
  )
}

function hashEmail(email: unknown): string | undefined {
  const address = typeof email === 'string' ? email.trim().toLowerCase() : ''
  return address === '' ? undefined : createHash('sha256').update(address, 'utf8').digest('hex')
}

/** `scopes` is a list or a space-separated string (RFC 8693, section 4.2). UserInfo.Write implies UserInfo.Read. */
function grants(scopes: unknown, scope: Scope): boolean {
  const granted: unknown[] = Array.isArray(scopes) ? scopes : String(scopes ?? '').split(' ')
  return (
    granted.includes(scope) || (scope === 'UserInfo.Read' && granted.includes('UserInfo.Write'))
  )
}
