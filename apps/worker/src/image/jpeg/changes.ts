import type { Segment } from './markers.ts'

/** Segments of a header that libvips would read differently from Chromium, and those that replace them. */
export interface Changes {
  readonly removed: readonly Segment[]
  readonly added: readonly Buffer[]
}

export const NONE: Changes = { removed: [], added: [] }

const AFTER_START = 2

/** Returns the same bytes if nothing changes. */
export function applyChanges(bytes: Buffer, changes: readonly Changes[]): Buffer {
  const removed = changes.flatMap((change) => change.removed).sort((a, b) => a.from - b.from)
  const added = changes.flatMap((change) => change.added)
  if (removed.length + added.length === 0) return bytes
  const parts = [bytes.subarray(0, AFTER_START), ...added]
  let at = AFTER_START
  for (const { from, to } of removed) {
    parts.push(bytes.subarray(at, from))
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}
