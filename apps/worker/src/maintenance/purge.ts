import type { Purges } from '@visage/shared/db/purges'
import { deletePictureObjects } from '@visage/shared/storage/erase'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import pMap from 'p-map'
import type { WorkerMetrics } from '../metrics.ts'

export interface PurgeDependencies {
  readonly purges: Pick<Purges, 'due' | 'delete'>
  readonly store: Pick<ObjectStore, 'removePrefix' | 'remove'>
  readonly metrics: Pick<WorkerMetrics, 'purged'>
}

/** Pictures that one query returns. */
const BATCH = 100

/** Pictures that are removed in parallel. Removal mostly waits for the object store. */
const CONCURRENCY = 8

/**
 * Deletes the objects of pictures that were replaced more than `grace` milliseconds ago, and of all pictures that their
 * users removed.
 * @returns the number of pictures
 */
export async function purge(
  grace: number,
  { purges, store, metrics }: PurgeDependencies,
): Promise<number> {
  let total = 0
  for (;;) {
    const due = await purges.due(grace, BATCH)
    await pMap(due, (picture) => deletePictureObjects(picture, store), { concurrency: CONCURRENCY })
    await purges.delete(due)
    metrics.purged.inc(due.length)
    total += due.length
    if (due.length < BATCH) return total
  }
}
