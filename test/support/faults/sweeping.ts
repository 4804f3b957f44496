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

/** Returns the dependencies of a sweep in the test process. A test can replace them to act between two steps. */
export function sweepDependencies({ store, redis, env, db }: World): SweepDependencies {
  return {
    raw: new RawObjects(store),
    queue: new UploadQueue(redis, env.QUEUE_PREFIX ?? '', silent),
    uploads: new Uploads(db),
    log: silent,
    metrics: unscraped.worker,
  }
}

/** Runs one sweep over raw objects of any age. */
export function sweepNow(
  world: World,
  replaced: Partial<SweepDependencies> = {},
): Promise<SweepCounts> {
  return sweep(0, { ...sweepDependencies(world), ...replaced })
}
