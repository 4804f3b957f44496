import { picturePrefixes, quarantineKey, rawKey } from '../avatar/keys.ts'
import type { Purge } from '../avatar/removal.ts'
import { millisecondPrefix } from '../avatar/revision.ts'
import { uploadIdOf } from '../avatar/upload.ts'
import type { ObjectStore } from './object-store.ts'

/**
 * Deletes the variants and the original of a picture. If the user removed the picture, also deletes the objects of its
 * re-renders, its raw object and its quarantined copy. The quarantined copy is deleted last: after the raw object is
 * deleted, no worker can create a new copy.
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
