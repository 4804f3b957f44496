import jwt from 'jsonwebtoken'

export interface TokenClaims {
  readonly sub: string
  readonly email?: string | undefined
  /** An OAuth client; its token may do only what its scopes say. */
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  /** Milliseconds. */
  readonly ttl: number
}

/** Where the API checks with the keys of somebody else, only they can sign. */
export const isSignedElsewhere = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.JWT_PUBLIC_KEY || env.JWT_JWKS_URL)

/** An access token as the API takes it: by its first algorithm, with the issuer and audience that it insists on. */
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
  const given = Object.entries(claims).filter(([, value]) => value !== undefined)
  const expiresIn = Math.max(1, Math.round(ttl / 1000))
  const algorithm = (JWT_ALGORITHMS || 'HS256').split(',')[0]?.trim() as jwt.Algorithm
  return jwt.sign(Object.fromEntries(given), secret, { algorithm, expiresIn })
}

/** What the user `demo` may try the stack with for a day. */
export const demoToken = (secret: string, env: NodeJS.ProcessEnv): string =>
  signToken({ sub: 'demo', email: 'demo@example.com', ttl: 86_400_000 }, secret, env)
