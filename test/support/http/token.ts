import jwt from 'jsonwebtoken'

/** Signs a valid token with extra `claims`. A claim set to undefined is omitted. */
export function signToken(
  secret: string,
  sub: string,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const payload = { sub, exp, token_type: 'access', ...claims }
  return jwt.sign(JSON.parse(JSON.stringify(payload)), secret, { algorithm: 'HS256' })
}
