import { type Json, readObject } from './token-json.ts'

/** Well above what issuers sign, and below what Node takes as headers. */
export const MAX_TOKEN_LENGTH = 8192

/** What a token says it is, where it says so: RFC 8725, section 3.11. One of another type was signed for another use. */
const types = ['jwt', 'at+jwt']

export interface Token {
  readonly text: string
  readonly header: Json
  /** In base64url, as it was signed. */
  readonly payload: string
  /** Bytes of the signature. */
  readonly signed: number
}

/**
 * Takes a token in its compact form (RFC 7515, section 7.1) apart; undefined for any other form. Nothing
 * of it is proven by that.
 */
export function readToken(text: string): Token | undefined {
  if (text.length > MAX_TOKEN_LENGTH) return undefined
  const [head = '', payload = '', ...rest] = text.split('.')
  if (rest.length !== 1 || ![head, payload, ...rest].every(isCanonical)) return undefined
  const header = readObject(head)
  const signed = Buffer.byteLength(rest[0] ?? '', 'base64url')
  return header && isUnderstood(header) ? { text, header, payload, signed } : undefined
}

/** RFC 7515, section 2: base64url without padding; of all the texts that decode to the same bytes, the right one. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
}

/** No extension is known here, so none can be critical; `b64` (RFC 7797) changes what is signed. */
function isUnderstood(header: Json): boolean {
  return !Object.hasOwn(header, 'crit') && !Object.hasOwn(header, 'b64') && isKnownType(header.typ)
}

function isKnownType(typ: unknown): boolean {
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
  return typ === undefined || types.includes(name)
}
