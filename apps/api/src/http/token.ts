import { createHash } from 'node:crypto'
import { isUserId, type UserId } from '@visage/shared/avatar/user-id'
import { AppError, problem } from '@visage/shared/errors/app-error'
import jwt from 'jsonwebtoken'
import type { ApiConfig } from '../config.ts'

export type Scope = 'UserInfo.Read' | 'UserInfo.Write'

/** Who asks, as far as a good token says. */
export interface Caller {
  readonly userId: UserId
  /** SHA-256 of the trimmed, lower-cased address, in hex; the address itself goes no further than this file. */
  readonly emailHash: string | undefined
  may(scope: Scope): boolean
}

type TokenConfig = Pick<ApiConfig, 'jwtSecret' | 'jwtIssuer' | 'jwtAudience'>
type Claims = Readonly<Record<string, unknown>>

const ALGORITHMS: jwt.Algorithm[] = ['HS256']
/** Seconds by which the clocks of whoever signs and whoever checks may differ. */
const CLOCK_TOLERANCE = 5
const MAX_TOKEN_LENGTH = 8192

/** @throws loginRequired, invalidTokenType  Checks what RFC 8725 asks for and jsonwebtoken 9 leaves out. */
export function verifyToken(token: string, config: TokenConfig): Caller {
  if (!isWellFormed(token)) throw problem('loginRequired')
  const claims = verifySignature(token, config)
  if (!areUsable(claims)) throw problem('loginRequired')
  if ((claims.token_type ?? 'access') !== 'access') throw problem('invalidTokenType')
  return {
    userId: claims.sub as UserId,
    emailHash: hashEmail(claims.email),
    may: (scope) => claims.client_id === undefined || grants(claims.scopes, scope),
  }
}

function verifySignature(token: string, config: TokenConfig): Claims {
  try {
    const { header, payload } = jwt.verify(token, config.jwtSecret, {
      complete: true,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE,
      ...(config.jwtIssuer === undefined ? {} : { issuer: config.jwtIssuer }),
      ...(config.jwtAudience === undefined ? {} : { audience: config.jwtAudience }),
    })
    if ('crit' in header || typeof payload !== 'object' || Array.isArray(payload))
      throw problem('loginRequired')
    return payload
  } catch (error) {
    throw error instanceof AppError ? error : problem('loginRequired')
  }
}

/** RFC 7515, section 2: base64url without padding, and in its one canonical form. */
function isWellFormed(token: string): boolean {
  const parts = token.split('.')
  const canonical = (part: string) =>
    part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
  return token.length <= MAX_TOKEN_LENGTH && parts.length === 3 && parts.every(canonical)
}

function areUsable({ sub, exp, iat }: Claims): boolean {
  const latest = Date.now() / 1000 + CLOCK_TOLERANCE
  return (
    isUserId(sub) &&
    Number.isFinite(exp) &&
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
