import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import { type ObjectKey, variantFile } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'

/** The objects of one revision in a user's folders: its variants, and its original if that is kept. */
export interface StoredPicture {
  readonly folder: string
  readonly revision: Revision
  readonly keys: readonly ObjectKey[]
  /** The names of the variants. */
  readonly files: readonly string[]
  readonly newest: Date
}

/** What does not agree: objects that this row does not name, and a row that names objects which are not there. */
export type AuditFinding =
  | { readonly kind: 'orphan'; readonly stored: StoredPicture }
  | {
      readonly kind: 'incomplete'
      readonly row: CurrentPicture
      readonly missing: readonly string[]
    }

/**
 * Walks the rows and the bucket side by side: both come in the order of their folders, so that each
 * is read once and no more than one of each is held.
 */
export async function* matchRowsWithObjects(
  rows: AsyncIterator<CurrentPicture>,
  bucket: AsyncIterator<StoredPicture>,
  onRow: () => void = () => {},
): AsyncGenerator<AuditFinding> {
  let row = await next(rows)
  let stored = await next(bucket)
  const seen = new Set<string>()
  while (row || stored) {
    if (stored && (!row || stored.folder <= row.folder)) {
      if (isOf(stored, row)) for (const file of stored.files) seen.add(file)
      else yield { kind: 'orphan', stored }
      stored = await next(bucket)
    } else if (row) {
      const missing = row.variants.map(variantFile).filter((file) => !seen.has(file))
      if (missing.length > 0) yield { kind: 'incomplete', row, missing }
      seen.clear()
      onRow()
      row = await next(rows)
    }
  }
}

function isOf(stored: StoredPicture, row: CurrentPicture | undefined): boolean {
  return stored.folder === row?.folder && stored.revision === row.revision
}

export async function next<T>(iterator: AsyncIterator<T>): Promise<T | undefined> {
  const { value, done } = await iterator.next()
  return done ? undefined : value
}
