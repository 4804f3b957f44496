/**
 * A UUIDv7 (RFC 9562, section 5.7) in lower case: names an upload and orders a user's changes.
 * Comparing two of them as text, or as Postgres `uuid`, compares their times first.
 */
export type Revision = string

/** How many random bytes a revision carries; 6 of their 80 bits give way to version and variant. */
export const REVISION_RANDOM_BYTES = 10

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** @param time milliseconds since the epoch  @param random exactly `REVISION_RANDOM_BYTES` bytes */
export function makeRevision(time: number, random: Uint8Array): Revision {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(time, 0, 6)
  bytes.set(random.subarray(0, REVISION_RANDOM_BYTES), 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export function isRevision(value: unknown): value is Revision {
  return typeof value === 'string' && UUID_V7.test(value)
}

/** The moment of acceptance that a revision carries. */
export function revisionTime(revision: Revision): Date {
  return new Date(Number.parseInt(revision.replace('-', '').slice(0, 12), 16))
}
