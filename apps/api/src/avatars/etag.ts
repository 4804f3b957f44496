import { createHash } from 'node:crypto'

/** A strong tag of bytes that have no name of their own. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url')}"`
}
