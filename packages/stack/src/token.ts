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

/** An access token as the API takes it: HS256, with the issuer and audience that it insists on. */
export function signToken(
  { sub, email, clientId, scopes, ttl }: TokenClaims,
  secret: string,
  { JWT_ISSUER, JWT_AUDIENCE }: NodeJS.ProcessEnv,
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
  return jwt.sign(Object.fromEntries(given), secret, { algorithm: 'HS256', expiresIn })
}

/** What the user `demo` may try the stack with for a day. */
export const demoToken = (secret: string, env: NodeJS.ProcessEnv): string =>
  signToken({ sub: 'demo', email: 'demo@example.com', ttl: 86_400_000 }, secret, env)
