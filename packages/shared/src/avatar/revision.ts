import type { Brand } from './brand.ts'

/**
 * A UUIDv7 (RFC 9562, section 5.7) in lower case. It names an upload and orders a user's changes: a comparison of two
 * revisions as text, or as Postgres `uuid`, compares their times first.
 */
export type Revision = Brand<'Revision'>

/** Number of random bytes in a revision. The version and variant fields overwrite 6 of their 80 bits. */
export const REVISION_RANDOM_BYTES = 10

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** @param time milliseconds since the epoch  @param random exactly `REVISION_RANDOM_BYTES` bytes */
export function makeRevision(time: number, random: Uint8Array): Revision {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(time, 0, 6)
  bytes.set(random.subarray(0, REVISION_RANDOM_BYTES), 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as Revision
}

/**
 * Returns the revision `step` after `revision` in the same millisecond. It sorts before every later change of the user.
 * @param step an integer of at least 1  @returns undefined if the random bits of this millisecond overflow
 */
export function successor(revision: Revision, step: number): Revision | undefined {
  const [head = '', random] = splitRevision(revision)
  const next = random + BigInt(step)
  if (next >> RANDOM_BITS) return undefined
  const [a, b] = [next >> RANDOM_B_BITS, next & mask(RANDOM_B_BITS)]
  const tail = (VARIANT | b).toString(16)
  const version = `7${a.toString(16).padStart(3, '0')}`
  return `${head}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}` as Revision
}

/** RFC 9562, section 5.7: `rand_a` has 12 bits and `rand_b` has 62. Each follows a fixed field. */
const RANDOM_B_BITS = 62n
const RANDOM_BITS = 12n + RANDOM_B_BITS
const VARIANT = 0b10n << RANDOM_B_BITS
const mask = (bits: bigint) => (1n << bits) - 1n

function splitRevision(revision: Revision): [head: string, random: bigint] {
  const hex = revision.replaceAll('-', '')
  const b = BigInt(`0x${hex.slice(16)}`) & mask(RANDOM_B_BITS)
  return [revision.slice(0, 13), (BigInt(`0x${hex.slice(13, 16)}`) << RANDOM_B_BITS) | b]
}

/** Returns the common prefix of all revisions of one millisecond: a picture's own and those of its re-renders. */
export function millisecondPrefix(revision: Revision): string {
  return revision.slice(0, 14)
}

/** Returns the smallest revision of the same millisecond. */
export function firstRevisionOfMillisecond(revision: Revision): Revision {
  return `${millisecondPrefix(revision)}7000-8000-000000000000` as Revision
}

export function isRevision(value: unknown): value is Revision {
  return typeof value === 'string' && UUID_V7.test(value)
}

/** Returns the time of acceptance that a revision contains, to the millisecond. */
export function revisionTime(revision: Revision): Date {
  return new Date(Number.parseInt(revision.replace('-', '').slice(0, 12), 16))
}
