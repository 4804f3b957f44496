import jwt from 'jsonwebtoken'

/** A token as a well-behaved issuer would sign it, with `claims` on top; a claim set to undefined is left out. */
export function signToken(
  secret: string,
  sub: string,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const payload = { sub, exp, token_type: 'access', ...claims }
  return jwt.sign(JSON.parse(JSON.stringify(payload)), secret, { algorithm: 'HS256' })
}
