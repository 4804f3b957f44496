import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import type { Config } from '@visage/shared/config/read'
import { formats, optional, secretOf, withDefault } from '@visage/shared/config/setting'
import {
  type Algorithm,
  algorithms,
  defaultAlgorithms,
  publicAlgorithms,
  supportedAlgorithms,
} from './algorithms.ts'

const secret = secretOf(32)

/** A public key that lands here would let anyone sign: it is refused, like whatever else is a PEM. */
const secretKey = {
  format: `${secret.format}, which is no PEM`,
  parse: (text: string): KeyObject | undefined => {
    const bytes = secret.parse(text)
    return bytes === undefined || bytes.includes('-----BEGIN ')
      ? undefined
      : createSecretKey(Buffer.from(bytes, 'utf8'))
  },
}

/** One block and nothing else: a private key or a certificate would be read as the public key that is in it. */
const PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/

const publicKey = {
  format:
    'a PEM that begins with BEGIN PUBLIC KEY, of RSA with at least 2048 bits or of EC on P-256, P-384 or P-521; its lines may end in \\n as two characters',
  parse: (text: string): KeyObject | undefined => {
    const pem = text.replaceAll('\\n', '\n')
    if (!PEM.test(pem)) return undefined
    try {
      const key = createPublicKey(pem)
      return supportedAlgorithms(key).length > 0 ? key : undefined
    } catch {
      return undefined
    }
  },
}

const algorithmList = {
  format: `a list, with commas, of ${algorithms.join(', ')}`,
  parse: (text: string): readonly Algorithm[] | undefined => {
    const names = text.split(',').map((name) => algorithms.find((one) => one === name.trim()))
    return names.every((name) => name !== undefined) ? names : undefined
  },
}

/** What tokens are checked with, and against. */
export const tokenSettings = {
  jwtSecret: optional(
    'JWT_SECRET',
    secretKey,
    'signs the tokens; exactly one of this and the next two must be set',
  ),
  jwtPublicKey: optional('JWT_PUBLIC_KEY', publicKey, 'belongs to the key that signs the tokens'),
  jwtJwksUrl: optional(
    'JWT_JWKS_URL',
    formats.bareUrl,
    'where the public keys are, each with a `kid`',
  ),
  jwtJwksInsecure: withDefault(
    'JWT_JWKS_INSECURE',
    formats.switch,
    'false',
    'whether JWT_JWKS_URL may be plain http to another machine',
  ),
  jwtJwksTimeout: withDefault(
    'JWT_JWKS_TIMEOUT',
    formats.interval,
    '2s',
    'how long fetching JWT_JWKS_URL may take',
  ),
  jwtJwksMaxAge: withDefault(
    'JWT_JWKS_MAX_AGE',
    formats.interval,
    '10m',
    'how old the keys of JWT_JWKS_URL get before they are fetched again',
  ),
  jwtJwksCooldown: withDefault(
    'JWT_JWKS_COOLDOWN',
    formats.interval,
    '5s',
    'How long JWT_JWKS_URL is not fetched again after a fetch that failed, or for a token whose `kid` the fetched keys lack. A key that the provider adds is accepted after this time at the latest.',
  ),
  jwtAlgorithms: optional(
    'JWT_ALGORITHMS',
    algorithmList,
    'what tokens may be signed with; by default HS256 for a secret, RS256 and PS256 for RSA, that of the curve for EC',
  ),
  jwtIssuer: optional('JWT_ISSUER', formats.text, 'the `iss` that every token must have'),
  jwtAudience: optional('JWT_AUDIENCE', formats.text, 'the `aud` that every token must have'),
} as const

export type TokenConfig = Config<typeof tokenSettings>

const sources = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']

/** What is wrong with settings that are each in order by themselves. */
export function tokenProblems(values: Partial<TokenConfig>, env: NodeJS.ProcessEnv): string[] {
  const given = sources.filter((name) => env[name])
  if (given.length === 0)
    return [`none of ${sources.join(', ')} is set; exactly one must be, to check tokens with`]
  if (given.length > 1)
    return [`${given.join(' and ')} are set; exactly one must be, to check tokens with`]
  return [...unfitAlgorithms(values, `${given}`), ...insecureUrl(values)]
}

function unfitAlgorithms(values: Partial<TokenConfig>, source: string): string[] {
  const fit = fittingSource(values)
  if (!fit || !values.jwtAlgorithms || values.jwtAlgorithms.every((name) => fit.includes(name)))
    return []
  return [`JWT_ALGORITHMS must name only what fits ${source}: ${fit.join(', ')}`]
}

function insecureUrl({ jwtJwksUrl: url, jwtJwksInsecure }: Partial<TokenConfig>): string[] {
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '')
  if (!url || url.protocol === 'https:' || isLoopback || jwtJwksInsecure) return []
  return ['JWT_JWKS_URL must be https, or JWT_JWKS_INSECURE must be true']
}

/** The algorithms that the key source can check; undefined where there is none. */
function fittingSource(values: Partial<TokenConfig>): readonly Algorithm[] | undefined {
  const key = values.jwtSecret ?? values.jwtPublicKey
  return key ? supportedAlgorithms(key) : values.jwtJwksUrl && publicAlgorithms
}

/** The one list of algorithms that tokens are checked by, never their own choice: RFC 8725, section 3.1. */
export const allowedAlgorithms = (config: TokenConfig): readonly Algorithm[] =>
  config.jwtAlgorithms ?? defaultAlgorithms(fittingSource(config) ?? [])
