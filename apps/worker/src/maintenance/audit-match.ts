import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import { type ObjectKey, variantFile } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'

/** Objects of one revision in the folders of a user: its variants and, if stored, its original. */
export interface StoredPicture {
  readonly folder: string
  readonly revision: Revision
  readonly keys: readonly ObjectKey[]
  /** File names of the variants. */
  readonly files: readonly string[]
  /** Time at which the newest object was written. */
  readonly newest: Date
}

/**
 * Difference between database and bucket. `orphan`: objects without a row. `incomplete`: a row whose objects are
 * missing.
 */
export type AuditFinding =
  | { readonly kind: 'orphan'; readonly stored: StoredPicture }
  | {
      readonly kind: 'incomplete'
      readonly row: CurrentPicture
      readonly missing: readonly string[]
    }

/**
 * Compares the rows with the bucket in one pass. Both iterators must be in the order of the folders. At most one
 * element of each is in memory.
 * @param onRow called after each row
 */
export async function* matchRowsWithObjects(
  rows: AsyncIterator<CurrentPicture>,
  bucket: AsyncIterator<StoredPicture>,
  onRow: () => void = () => {},
): AsyncGenerator<AuditFinding> {
  let row = await nextValue(rows)
  let stored = await nextValue(bucket)
  const found = new Set<string>()
  while (row || stored) {
    if (stored && (!row || stored.folder <= row.folder)) {
      if (belongsTo(stored, row)) for (const file of stored.files) found.add(file)
      else yield { kind: 'orphan', stored }
      stored = await nextValue(bucket)
    } else if (row) {
      const missing = row.variants.map(variantFile).filter((file) => !found.has(file))
      if (missing.length > 0) yield { kind: 'incomplete', row, missing }
      found.clear()
      onRow()
      row = await nextValue(rows)
    }
  }
}

function belongsTo(stored: StoredPicture, row: CurrentPicture | undefined): boolean {
  return stored.folder === row?.folder && stored.revision === row.revision
}

/** Returns the next value, or undefined at the end. */
export async function nextValue<T>(iterator: AsyncIterator<T>): Promise<T | undefined> {
  const { value, done } = await iterator.next()
  return done ? undefined : value
}
