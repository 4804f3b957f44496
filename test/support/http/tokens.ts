import { readSettings } from '@visage/shared/config/read'
import { AppError } from '@visage/shared/errors/app-error'
import { tokenSettings } from '../../../apps/api/src/auth/settings.ts'
import { tokenVerifier } from '../../../apps/api/src/auth/verify-token.ts'
import { silent } from '../domain/log.ts'
import { craft, type Json, seal as sealWith } from '../pictures/craft.ts'

export const SECRET = 'a-secret-that-only-these-tests-know-0123456789'
export const HEADER = { alg: 'HS256', typ: 'JWT' }

export const verifier = (env: NodeJS.ProcessEnv = {}) =>
  tokenVerifier(readSettings(tokenSettings, { JWT_SECRET: SECRET, ...env }), silent)
export const verify = verifier()

export const now = () => Math.floor(Date.now() / 1000)
export const good = (): Json => ({ sub: 'alice', exp: now() + 600, token_type: 'access' })
export const sign = (
  payload: unknown,
  header: Json | string = HEADER,
  secret = SECRET,
  alg = 'HS256',
) => craft(header, payload, secret, alg)
export const seal = (signed: string) => sealWith(signed, SECRET)
/** Signs a payload that is given as text, such as JSON with duplicate keys. */
export const written = (members: string) => sign(`{"sub":"alice","exp":${now() + 600}${members}}`)

/** Returns the reason for which the token is refused, or `none`. */
export async function problemOf(token: string, by = verify): Promise<string> {
  try {
    await by(token)
  } catch (error) {
    if (error instanceof AppError) return error.problem
    throw error
  }
  return 'none'
}
