import { createHash } from 'node:crypto'

/** Computes a strong entity tag from the bytes of a picture that has no revision. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url')}"`
}
