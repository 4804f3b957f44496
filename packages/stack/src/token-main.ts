import { parseArgs } from 'node:util'
import { formats } from '@visage/shared/config/setting'
import { readDataDir } from './config.ts'
import { jwtSecretFile } from './folder.ts'
import { readOrCreateSecret } from './secrets.ts'
import { signToken, type TokenClaims, usesExternalKeys } from './token.ts'

const usage =
  'Usage: npm run token -- <sub> [--email a@b] [--ttl 1h] [--scope UserInfo.Write]... [--client-id id]'

const EXTERNAL_KEYS =
  'Cannot sign a token, because JWT_PUBLIC_KEY or JWT_JWKS_URL is set. Get a token from the issuer, who has the private key.'

/** Prints a token for the stack of DATA_DIR and nothing else. @returns the exit code */
export function printToken(root: string, args: string[], env: NodeJS.ProcessEnv): number {
  try {
    const claims = parse(args)
    if (usesExternalKeys(env)) throw new Error(EXTERNAL_KEYS)
    const secret = env.JWT_SECRET || readOrCreateSecret(jwtSecretFile(readDataDir(env, root)))
    process.stdout.write(`${signToken(claims, secret, env)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`)
    return 2
  }
}

function parse(args: string[]): TokenClaims {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      email: { type: 'string' },
      ttl: { type: 'string', default: '1h' },
      scope: { type: 'string', multiple: true },
      'client-id': { type: 'string' },
    },
  })
  const [sub, ...rest] = positionals
  if (!sub || rest.length > 0)
    throw new Error('Exactly one <sub> is required: the user ID for the token.')
  const ttl = formats.duration.parse(values.ttl)
  if (!ttl) throw new Error(`--ttl must be ${formats.duration.format}.`)
  return { sub, email: values.email, clientId: values['client-id'], scopes: values.scope, ttl }
}
