import { constants, createHmac, type KeyObject, sign } from 'node:crypto'

export type Json = Readonly<Record<string, unknown>>

export const base64url = (text: string | Uint8Array): string =>
  Buffer.from(text).toString('base64url')

/**
 * Signs arbitrary token parts with the algorithm of `alg`, which a strict library refuses. The key is used as the
 * algorithm requires, even a public key as a secret.
 */
export function craft(
  header: Json | string,
  payload: unknown,
  key: KeyObject | string | Buffer,
  alg: string = typeof header === 'string' ? 'HS256' : `${header.alg}`,
): string {
  const text = (part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part))
  return seal(`${base64url(text(header))}.${base64url(text(payload))}`, key, alg)
}

/** @param signed encoded header and payload */
export function seal(signed: string, key: KeyObject | string | Buffer, alg = 'HS256'): string {
  return `${signed}.${base64url(signatureOf(signed, key, alg))}`
}

/** RFC 7518, section 3. */
function signatureOf(signed: string, key: KeyObject | string | Buffer, alg: string): Buffer {
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('HS')) return createHmac(hash, key).update(signed).digest()
  const how = {
    RS: {},
    PS: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    ES: { dsaEncoding: 'ieee-p1363' as const },
  }[alg.slice(0, 2)]
  return sign(hash, Buffer.from(signed), { key: key as KeyObject, ...how })
}
