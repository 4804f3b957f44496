import jwt from 'jsonwebtoken'

export interface TokenClaims {
  readonly sub: string
  readonly email?: string | undefined
  /** ID of an OAuth client. A token with a client ID has only the rights of its scopes. */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  /** Milliseconds. */
  readonly ttl: number
}

/** Whether the API verifies tokens with keys of an external issuer. The stack cannot sign tokens then. */
export const usesExternalKeys = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.JWT_PUBLIC_KEY || env.JWT_JWKS_URL)

/**
 * Signs an access token that the API accepts: with the first of `JWT_ALGORITHMS`, and with `JWT_ISSUER` and `JWT_AUDIENCE` if
 * they are set.
 */
export function signToken(
  { sub, email, clientId, scopes, ttl }: TokenClaims,
  secret: string,
  { JWT_ISSUER, JWT_AUDIENCE, JWT_ALGORITHMS }: NodeJS.ProcessEnv,
): string {
  const claims = {
    sub,
    token_type: 'access',
    email,
    client_id: clientId,
    scopes,
    iss: JWT_ISSUER || undefined,
    aud: JWT_AUDIENCE || undefined,
  }
  const defined = Object.entries(claims).filter(([, value]) => value !== undefined)
  const expiresIn = Math.max(1, Math.round(ttl / 1000))
  const algorithm = (JWT_ALGORITHMS || 'HS256').split(',')[0]?.trim() as jwt.Algorithm
  return jwt.sign(Object.fromEntries(defined), secret, { algorithm, expiresIn })
}

/** Signs a token for the user `demo` that is valid for one day. */
export const demoToken = (secret: string, env: NodeJS.ProcessEnv): string =>
  signToken({ sub: 'demo', email: 'demo@example.com', ttl: 86_400_000 }, secret, env)
