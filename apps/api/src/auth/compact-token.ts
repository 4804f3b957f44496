import { type Json, readObject } from './token-json.ts'

/** Characters. Longer than any token of common issuers, and shorter than Node's limit for headers. */
export const MAX_TOKEN_LENGTH = 8192

/** Accepted values of `typ` (RFC 8725, section 3.11). A token of another type was signed for another use. */
const TYPES = ['jwt', 'at+jwt']

export interface Token {
  readonly text: string
  readonly header: Json
  /** The signed payload in base64url. */
  readonly payload: string
  /** Bytes. */
  readonly signatureLength: number
}

/**
 * Splits a token in the compact form (RFC 7515, section 7.1) without verifying its signature.
 * @returns undefined for any other form
 */
export function readToken(text: string): Token | undefined {
  if (text.length > MAX_TOKEN_LENGTH) return undefined
  const [encodedHeader = '', payload = '', ...rest] = text.split('.')
  if (rest.length !== 1 || ![encodedHeader, payload, ...rest].every(isCanonical)) return undefined
  const header = readObject(encodedHeader)
  const signatureLength = Buffer.byteLength(rest[0] ?? '', 'base64url')
  return header && isSupported(header) ? { text, header, payload, signatureLength } : undefined
}

/** True for base64url without padding (RFC 7515, section 2) in its only canonical form for the decoded bytes. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
}

/** Rejects `crit`, because no extension is supported, and `b64` (RFC 7797), which changes the signed bytes. */
function isSupported(header: Json): boolean {
  return !Object.hasOwn(header, 'crit') && !Object.hasOwn(header, 'b64') && isKnownType(header.typ)
}

function isKnownType(typ: unknown): boolean {
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
  return typ === undefined || TYPES.includes(name)
}
