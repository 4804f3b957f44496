import { generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const rsa = (modulusLength: number): Pair => generateKeyPairSync('rsa', { modulusLength })
const ec = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve })

/** Signing keys, generated in each run: the repository contains no private key. */
export const keyPairs = {
  rsa: rsa(2048),
  otherRsa: rsa(2048),
  weakRsa: rsa(1024),
  /** One byte shorter than the shortest accepted key. */
  shortRsa: rsa(2040),
  p256: ec('P-256'),
  otherP256: ec('P-256'),
  p384: ec('P-384'),
  p521: ec('P-521'),
  secp256k1: ec('secp256k1'),
  ed25519: generateKeyPairSync('ed25519') as Pair,
}
export type PairName = keyof typeof keyPairs

export const pemOf = (key: KeyObject): string =>
  `${key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' })}`
