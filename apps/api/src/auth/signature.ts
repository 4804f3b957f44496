import type { KeyObject } from 'node:crypto'
import { problem } from '@visage/shared/errors/app-error'
import jwt from 'jsonwebtoken'
import type { Algorithm } from './algorithms.ts'
import { readToken, type Token } from './compact-token.ts'

/** Seconds by which the clocks of whoever signs and whoever checks may differ. */
export const CLOCK_TOLERANCE = 5

/** The key that a token of this algorithm and `kid` was signed with; undefined where there is none such. */
export type FindKey = (algorithm: Algorithm, kid: unknown) => Promise<KeyObject | undefined>

/** What tokens are checked with, and against. */
export interface TokenTrust {
  readonly algorithms: readonly Algorithm[]
  readonly keyFor: FindKey
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/**
 * Whether the token was signed by who we trust. Its times, issuer and audience are checked on the
 * way where it has them, which is all that jsonwebtoken does; `token.ts` does the rest.
 * @returns the payload in base64url
 * @throws loginRequired, keysUnavailable
 */
export async function verifySignature(text: string, trust: TokenTrust): Promise<string> {
  const token = readToken(text)
  const key = token && (await findKey(token, trust))
  if (!key || !hasFullLength(token, key) || !isSigned(token, key, trust))
    throw problem('loginRequired')
  return token.payload
}

/** Asked for only where the token names an algorithm of ours. */
async function findKey({ header }: Token, trust: TokenTrust): Promise<KeyObject | undefined> {
  const algorithm = trust.algorithms.find((name) => name === header.alg)
  return algorithm && trust.keyFor(algorithm, header.kid)
}

/**
 * RFC 8017, sections 8.1.2 and 8.2.2: a signature of another length than the modulus is none. OpenSSL takes
 * one whose first bytes are zeros without them as well.
 */
function hasFullLength({ signed }: Token, { asymmetricKeyDetails: details }: KeyObject): boolean {
  return details?.modulusLength === undefined || signed === Math.ceil(details.modulusLength / 8)
}

/** As a `KeyObject` a secret is never taken for a public key, nor a public key for a secret. */
function isSigned({ text }: Token, key: KeyObject, trust: TokenTrust): boolean {
  const { algorithms, issuer, audience } = trust
  try {
    jwt.verify(text, key, {
      algorithms: [...algorithms],
      clockTolerance: CLOCK_TOLERANCE,
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
    })
    return true
  } catch {
    return false
  }
}
