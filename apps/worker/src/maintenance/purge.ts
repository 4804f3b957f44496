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

const BATCH = 100

/** Pictures removed at the same time: most of it is waiting for the object store. */
const CONCURRENCY = 8

/**
 * Removes the variants of pictures that were replaced longer than `grace` milliseconds ago, and
 * of those that their users had removed at any time.
 * @returns how many pictures
 */
export async function purge(
  grace: number,
  { purges, store, metrics }: PurgeDependencies,
): Promise<number> {
  let total = 0
  for (;;) {
    const due = await purges.due(grace, BATCH)
    await pMap(due, (one) => deletePictureObjects(one, store), { concurrency: CONCURRENCY })
    await purges.delete(due)
    metrics.purged.inc(due.length)
    total += due.length
    if (due.length < BATCH) return total
  }
}
