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

/** Rejects every PEM: with a public key as the shared secret, anyone could sign tokens. */
const secretKey = {
  format: `${secret.format} that is not a PEM`,
  parse: (text: string): KeyObject | undefined => {
    const bytes = secret.parse(text)
    return bytes === undefined || bytes.includes('-----BEGIN ')
      ? undefined
      : createSecretKey(Buffer.from(bytes, 'utf8'))
  },
}

/** Exactly one PUBLIC KEY block. Node would also read the public key out of a private key or a certificate. */
const PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/

const publicKey = {
  format:
    'one PEM block "BEGIN PUBLIC KEY" with an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521 (line breaks may be written as \\n)',
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
  format: `a comma-separated list of ${algorithms.join(', ')}`,
  parse: (text: string): readonly Algorithm[] | undefined => {
    const names = text.split(',').map((name) => algorithms.find((known) => known === name.trim()))
    return names.every((name) => name !== undefined) ? names : undefined
  },
}

/** The settings for token verification. */
export const tokenSettings = {
  jwtSecret: optional(
    'JWT_SECRET',
    secretKey,
    'Shared secret that signs the tokens (HMAC). Set exactly one of `JWT_SECRET`, `JWT_PUBLIC_KEY` and `JWT_JWKS_URL`.',
  ),
  jwtPublicKey: optional(
    'JWT_PUBLIC_KEY',
    publicKey,
    'Public key that verifies the tokens. Set it if your issuer has one key pair and no JWKS endpoint.',
  ),
  jwtJwksUrl: optional(
    'JWT_JWKS_URL',
    formats.bareUrl,
    'URL of the JSON Web Key Set of your identity provider. Each key needs a `kid`. The API fetches the keys on first use and follows key rotation.',
  ),
  jwtJwksInsecure: withDefault(
    'JWT_JWKS_INSECURE',
    formats.switch,
    'false',
    'Allows plain http for `JWT_JWKS_URL`. Anybody on the network path can then forge tokens, so set it only in a trusted network. URLs on loopback may always use http.',
  ),
  jwtJwksTimeout: withDefault(
    'JWT_JWKS_TIMEOUT',
    formats.interval,
    '2s',
    'Maximum time for one request to `JWT_JWKS_URL`.',
  ),
  jwtJwksMaxAge: withDefault(
    'JWT_JWKS_MAX_AGE',
    formats.interval,
    '10m',
    'Age at which the API fetches the keys of `JWT_JWKS_URL` again. A key that the provider removes is accepted for at most this time. If a fetch fails, the API continues to use the keys that it fetched last, for up to a day.',
  ),
  jwtJwksCooldown: withDefault(
    'JWT_JWKS_COOLDOWN',
    formats.interval,
    '5s',
    'Minimum time between two fetches of `JWT_JWKS_URL`, if the last one failed or a token has an unknown `kid`. A new key of the provider is accepted after this time at the latest.',
  ),
  jwtAlgorithms: optional(
    'JWT_ALGORITHMS',
    algorithmList,
    'Signature algorithms that tokens may use. Default: HS256 for a secret, RS256 and PS256 for RSA keys, and the algorithm of the curve for EC keys.',
  ),
  jwtIssuer: optional(
    'JWT_ISSUER',
    formats.text,
    'Value that the `iss` claim of every token must have. Without it, the claim is not checked.',
  ),
  jwtAudience: optional(
    'JWT_AUDIENCE',
    formats.text,
    'Value that the `aud` claim of every token must contain. Set it if your issuer also signs tokens for other services.',
  ),
} as const

export type TokenConfig = Config<typeof tokenSettings>

const KEY_SOURCES = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']

/** Returns the problems of settings that are valid alone but not in combination. */
export function tokenProblems(values: Partial<TokenConfig>, env: NodeJS.ProcessEnv): string[] {
  const given = KEY_SOURCES.filter((name) => env[name])
  if (given.length === 0)
    return [`None of ${KEY_SOURCES.join(', ')} is set. Set exactly one of them.`]
  if (given.length > 1) return [`${given.join(' and ')} are set. Set exactly one of them.`]
  return [...unsupportedAlgorithms(values, `${given}`), ...insecureUrl(values)]
}

function unsupportedAlgorithms(values: Partial<TokenConfig>, source: string): string[] {
  const supported = algorithmsOfSource(values)
  const unsupported = values.jwtAlgorithms?.some((name) => !supported?.includes(name))
  if (!supported || !unsupported) return []
  return [
    `JWT_ALGORITHMS names an algorithm that cannot be used with ${source}. Use only ${supported.join(', ')}.`,
  ]
}

function insecureUrl({ jwtJwksUrl: url, jwtJwksInsecure }: Partial<TokenConfig>): string[] {
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '')
  if (!url || url.protocol === 'https:' || isLoopback || jwtJwksInsecure) return []
  return ['JWT_JWKS_URL uses plain http. It must use https, or JWT_JWKS_INSECURE must be true.']
}

/** Returns the algorithms that the key source can verify; undefined if no source is set. */
function algorithmsOfSource(values: Partial<TokenConfig>): readonly Algorithm[] | undefined {
  const key = values.jwtSecret ?? values.jwtPublicKey
  return key ? supportedAlgorithms(key) : values.jwtJwksUrl && publicAlgorithms
}

/** Returns the allowed algorithms. The configuration decides, never the token's header (RFC 8725, section 3.1). */
export const allowedAlgorithms = (config: TokenConfig): readonly Algorithm[] =>
  config.jwtAlgorithms ?? defaultAlgorithms(algorithmsOfSource(config) ?? [])
