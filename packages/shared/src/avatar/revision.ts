import type { Brand } from './brand.ts'

/**
 * A UUIDv7 (RFC 9562, section 5.7) in lower case: names an upload and orders a user's changes.
 * Comparing two of them as text, or as Postgres `uuid`, compares their times first.
 */
export type Revision = Brand<'Revision'>

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
  const hex = bytes.toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as Revision
}

/**
 * The same moment, `step` further on: later than `revision`, and before every change that its user makes later.
 * @param step a whole number from 1  @returns undefined where the moment has no room for it
 */
export function successor(revision: Revision, step: number): Revision | undefined {
  const [head = '', random] = parts(revision)
  const next = random + BigInt(step)
  if (next >> RANDOM_BITS) return undefined
  const [a, b] = [next >> RANDOM_B_BITS, next & mask(RANDOM_B_BITS)]
  const tail = (VARIANT | b).toString(16)
  const version = `7${a.toString(16).padStart(3, '0')}`
  return `${head}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}` as Revision
}

/** RFC 9562, section 5.7: `rand_a` of 12 bits and `rand_b` of 62, each behind a fixed field. */
const RANDOM_B_BITS = 62n
const RANDOM_BITS = 12n + RANDOM_B_BITS
const VARIANT = 0b10n << RANDOM_B_BITS
const mask = (bits: bigint) => (1n << bits) - 1n

function parts(revision: Revision): [head: string, random: bigint] {
  const hex = revision.replaceAll('-', '')
  const b = BigInt(`0x${hex.slice(16)}`) & mask(RANDOM_B_BITS)
  return [revision.slice(0, 13), (BigInt(`0x${hex.slice(13, 16)}`) << RANDOM_B_BITS) | b]
}

/** What all revisions of the same moment begin with: a picture's own, and those that it was rendered anew under. */
export function millisecondPrefix(revision: Revision): string {
  return revision.slice(0, 14)
}

/** No revision of the same moment is before this one. */
export function firstRevisionOfMillisecond(revision: Revision): Revision {
  return `${millisecondPrefix(revision)}7000-8000-000000000000` as Revision
}

export function isRevision(value: unknown): value is Revision {
  return typeof value === 'string' && UUID_V7.test(value)
}

/** The moment of acceptance that a revision carries. */
export function revisionTime(revision: Revision): Date {
  return new Date(Number.parseInt(revision.replace('-', '').slice(0, 12), 16))
}
