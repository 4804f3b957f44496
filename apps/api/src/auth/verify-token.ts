import { createHash } from 'node:crypto'
import { isUserId, type UserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { keySet } from './jwks.ts'
import { allowedAlgorithms, type TokenConfig } from './settings.ts'
import { CLOCK_TOLERANCE, type FindKey, type TokenTrust, verifySignature } from './signature.ts'
import { type Json, readObject } from './token-json.ts'

export type Scope = 'UserInfo.Read' | 'UserInfo.Write'

/** Who asks, as far as a good token says. */
export interface Caller {
  readonly userId: UserId
  /** SHA-256 of the trimmed, lower-cased address, in hex; the address itself goes no further than this file. */
  readonly emailHash: string | undefined
  may(scope: Scope): boolean
}

/** @throws loginRequired, invalidTokenType, keysUnavailable */
export type VerifyToken = (token: string) => Promise<Caller>

/** Checks tokens as RFC 8725 asks for: first who signed it, then what it says. */
export function tokenVerifier(config: TokenConfig, log: Logger): VerifyToken {
  const trust: TokenTrust = {
    algorithms: allowedAlgorithms(config),
    keyFor: keySource(config, log),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  }
  return async (token) => readCaller(await verifySignature(token, trust))
}

/** The configuration has exactly one of the three. */
function keySource(config: TokenConfig, log: Logger): FindKey {
  const { jwtJwksUrl: url, jwtJwksTimeout: timeout, jwtJwksMaxAge: maxAge } = config
  if (url) return keySet({ url, timeout, maxAge, cooldown: config.jwtJwksCooldown }, log)
  const key = config.jwtSecret ?? config.jwtPublicKey
  return async () => key
}

/** @param payload what was signed, in base64url */
function readCaller(payload: string): Caller {
  const claims = readObject(payload)
  if (!claims || !areUsable(claims)) throw problem('loginRequired')
  if ((claims.token_type ?? 'access') !== 'access') throw problem('invalidTokenType')
  return {
    userId: claims.sub as UserId,
    emailHash: hashEmail(claims.email),
    may: (scope) => claims.client_id === undefined || grants(claims.scopes, scope),
  }
}

/** What RFC 8725 asks for and jsonwebtoken 9 leaves out. A number as large as 1e999 is read as no finite one. */
function areUsable({ sub, exp, nbf, iat }: Json): boolean {
  const latest = Date.now() / 1000 + CLOCK_TOLERANCE
  return (
    isUserId(sub) &&
    Number.isFinite(exp) &&
    (nbf === undefined || Number.isFinite(nbf)) &&
    (iat === undefined || (Number.isFinite(iat) && (iat as number) <= latest))
  )
}

function hashEmail(email: unknown): string | undefined {
  const address = typeof email === 'string' ? email.trim().toLowerCase() : ''
  return address === '' ? undefined : createHash('sha256').update(address, 'utf8').digest('hex')
}

/** `scopes` is a list, or one string with spaces between them (RFC 8693, section 4.2). Writing implies reading. */
function grants(scopes: unknown, scope: Scope): boolean {
  const held: unknown[] = Array.isArray(scopes) ? scopes : String(scopes ?? '').split(' ')
  return held.includes(scope) || (scope === 'UserInfo.Read' && held.includes('UserInfo.Write'))
}
