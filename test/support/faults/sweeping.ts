import { Uploads } from '@visage/shared/db/uploads'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import {
  type SweepCounts,
  type SweepDependencies,
  sweep,
} from '../../../apps/worker/src/maintenance/sweep.ts'
import { unscraped } from '../domain/metrics.ts'
import type { World } from '../world/world.ts'
import { silent } from './attempt.ts'

/** What a sweep works with, in the test's own process, so that a test can stand between any two of its steps. */
export function sweepParts({ store, redis, env, db }: World): SweepDependencies {
  return {
    raw: new RawObjects(store),
    queue: new UploadQueue(redis, env.QUEUE_PREFIX ?? '', silent),
    uploads: new Uploads(db),
    log: silent,
    metrics: unscraped.worker,
  }
}

/** One sweep over raw objects of any age. */
export function sweepNow(
  world: World,
  parts: Partial<SweepDependencies> = {},
): Promise<SweepCounts> {
  return sweep(0, { ...sweepParts(world), ...parts })
}
