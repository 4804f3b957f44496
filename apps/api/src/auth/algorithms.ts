import type { KeyObject } from 'node:crypto'

/** All algorithms that JWT_ALGORITHMS accepts. `none` is excluded on purpose. */
export const algorithms = [
  ...(['HS256', 'HS384', 'HS512'] as const),
  ...(['RS256', 'RS384', 'RS512'] as const),
  ...(['PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512'] as const),
]
export type Algorithm = (typeof algorithms)[number]

/** RFC 7518, sections 3.3 and 3.5. */
const MIN_RSA_BITS = 2048

/** The algorithms that a key can verify, by key type or curve (RFC 7518, section 3.1). */
const algorithmsByKey: Readonly<Record<string, readonly Algorithm[]>> = {
  secret: ['HS256', 'HS384', 'HS512'],
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

/** The algorithms for keys of a key set. HMAC is excluded, because its secret must never be published. */
export const publicAlgorithms = algorithms.filter((name) => !algorithmsByKey.secret?.includes(name))

/** The algorithms that are allowed if JWT_ALGORITHMS is not set. */
const DEFAULTS: readonly Algorithm[] = ['HS256', 'RS256', 'PS256', 'ES256', 'ES384', 'ES512']

export const defaultAlgorithms = (supported: readonly Algorithm[]) =>
  supported.filter((name) => DEFAULTS.includes(name))

/** @returns the algorithms that the key can verify; none for a weak key, a private key or an unsupported key type */
export function supportedAlgorithms(key: KeyObject): readonly Algorithm[] {
  if (key.type === 'private' || isWeak(key)) return []
  return algorithmsByKey[keyKind(key)] ?? []
}

function keyKind({ type, asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (type === 'secret') return 'secret'
  return (asymmetricKeyType === 'ec' ? asymmetricKeyDetails?.namedCurve : asymmetricKeyType) ?? ''
}

function isWeak({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS
}
