import { variantPrefix } from '@visage/shared/avatar/keys'
import type { Purges } from '@visage/shared/db/purges'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import pMap from 'p-map'

const BATCH = 100

/** Pictures removed at the same time: most of it is waiting for the object store. */
const AT_ONCE = 8

/**
 * Removes the variants of pictures that were replaced longer than `grace` milliseconds ago.
 * @returns how many pictures
 */
export async function purge(grace: number, purges: Purges, store: ObjectStore): Promise<number> {
  let total = 0
  for (;;) {
    const due = await purges.due(grace, BATCH)
    const remove = ({ userId, revision }: (typeof due)[number]) =>
      store.removeFolder(variantPrefix(userId, revision))
    await pMap(due, remove, { concurrency: AT_ONCE })
    await purges.done(due.map((picture) => picture.revision))
    total += due.length
    if (due.length < BATCH) return total
  }
}
