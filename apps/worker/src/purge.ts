import { variantPrefix } from '@visage/shared/avatar/keys'
import type { Purges } from '@visage/shared/db/purges'
import type { ObjectStore } from '@visage/shared/storage/object-store'

const BATCH = 100

/**
 * Removes the variants of pictures that were replaced longer than `grace` milliseconds ago.
 * @returns how many pictures
 */
export async function purge(grace: number, purges: Purges, store: ObjectStore): Promise<number> {
  let total = 0
  for (;;) {
    const due = await purges.due(grace, BATCH)
    for (const { userId, revision } of due)
      await store.removeFolder(variantPrefix(userId, revision))
    await purges.done(due.map((picture) => picture.revision))
    total += due.length
    if (due.length < BATCH) return total
  }
}
