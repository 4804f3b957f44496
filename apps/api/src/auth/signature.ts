import type { KeyObject } from 'node:crypto'
import { problem } from '@visage/shared/errors/app-error'
import jwt from 'jsonwebtoken'
import type { Algorithm } from './algorithms.ts'
import { readToken, type Token } from './compact-token.ts'

/** Seconds by which the clocks of the issuer and the API may differ. */
export const CLOCK_TOLERANCE = 5

/** Finds the key for a token's algorithm and `kid`. Resolves to undefined if there is no such key. */
export type FindKey = (algorithm: Algorithm, kid: unknown) => Promise<KeyObject | undefined>

/** The algorithms, keys and claims that a token must match. */
export interface TrustedIssuer {
  readonly algorithms: readonly Algorithm[]
  readonly keyFor: FindKey
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/**
 * Verifies that the trusted issuer signed the token. jsonwebtoken also checks the times, issuer and audience that the
 * token has; `verify-token.ts` checks the required claims.
 * @returns the payload in base64url
 * @throws loginRequired, keysUnavailable
 */
export async function verifySignature(text: string, trust: TrustedIssuer): Promise<string> {
  const token = readToken(text)
  const key = token && (await findKey(token, trust))
  if (!key || !hasFullLength(token, key) || !isSigned(token, key, trust))
    throw problem('loginRequired')
  return token.payload
}

/** Asks for a key only if the token's algorithm is allowed. */
async function findKey({ header }: Token, trust: TrustedIssuer): Promise<KeyObject | undefined> {
  const algorithm = trust.algorithms.find((name) => name === header.alg)
  return algorithm && trust.keyFor(algorithm, header.kid)
}

/**
 * An RSA signature is invalid unless it is as long as the modulus (RFC 8017, sections 8.1.2 and 8.2.2). OpenSSL also
 * accepts a signature without its leading zero bytes.
 */
function hasFullLength(
  { signatureLength }: Token,
  { asymmetricKeyDetails: details }: KeyObject,
): boolean {
  const modulusBits = details?.modulusLength
  return modulusBits === undefined || signatureLength === Math.ceil(modulusBits / 8)
}

/** The key is a `KeyObject`, so jsonwebtoken cannot confuse a secret with a public key. */
function isSigned({ text }: Token, key: KeyObject, trust: TrustedIssuer): boolean {
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
