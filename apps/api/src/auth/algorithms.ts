import type { KeyObject } from 'node:crypto'

/** Every algorithm that can be configured. `none` is no algorithm. */
export const algorithms = [
  ...(['HS256', 'HS384', 'HS512'] as const),
  ...(['RS256', 'RS384', 'RS512'] as const),
  ...(['PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512'] as const),
]
export type Algorithm = (typeof algorithms)[number]

/** RFC 7518, sections 3.3 and 3.5. */
const LEAST_RSA_BITS = 2048

/** What a key can check, by its type, or its curve: RFC 7518, section 3.1. */
const fitting: Readonly<Record<string, readonly Algorithm[]>> = {
  secret: ['HS256', 'HS384', 'HS512'],
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

/** What the keys of a key set may check: a secret is no public key. */
export const publicAlgorithms = algorithms.filter((name) => !fitting.secret?.includes(name))

/** Those of a key that are used where nothing is configured. */
const usual: readonly Algorithm[] = ['HS256', 'RS256', 'PS256', 'ES256', 'ES384', 'ES512']
export const defaultAlgorithms = (fit: readonly Algorithm[]) =>
  fit.filter((name) => usual.includes(name))

/** @returns what the key can check: nothing, for one that is weak, private, or of a kind that is not used here */
export function supportedAlgorithms(key: KeyObject): readonly Algorithm[] {
  if (key.type === 'private' || isWeak(key)) return []
  return fitting[kindOf(key)] ?? []
}

function kindOf({ type, asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (type === 'secret') return 'secret'
  return (asymmetricKeyType === 'ec' ? asymmetricKeyDetails?.namedCurve : asymmetricKeyType) ?? ''
}

function isWeak({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS
}
