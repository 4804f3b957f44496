import { picturePrefixes, quarantineKey, rawKey } from '../avatar/keys.ts'
import type { Purge } from '../avatar/removal.ts'
import { millisecondPrefix } from '../avatar/revision.ts'
import { uploadIdOf } from '../avatar/upload.ts'
import type { ObjectStore } from './object-store.ts'

/**
 * Removes a picture's variants and its original; where its user had it removed, the bytes that they were made
 * of as well, and what a worker is about to render it anew as. What is in quarantine goes last: it is copied
 * from the raw object, and cannot be any more once that is gone.
 */
export async function deletePictureObjects(
  { userId, revision, removed }: Purge,
  store: Pick<ObjectStore, 'removePrefix' | 'remove'>,
): Promise<void> {
  const at = removed ? millisecondPrefix(revision) : revision
  await store.removePrefix(...picturePrefixes(userId, at))
  if (!removed) return
  await store.remove([rawKey(uploadIdOf(revision))])
  await store.remove([quarantineKey(uploadIdOf(revision))])
}
