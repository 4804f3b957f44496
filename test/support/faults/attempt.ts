import { recipe } from '@visage/shared/avatar/recipe'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import { Rerenders } from '@visage/shared/db/rerenders'
import { Uploads } from '@visage/shared/db/uploads'
import { createLogger } from '@visage/shared/log/logger'
import { fromJobData } from '@visage/shared/queue/upload-job'
import { Originals } from '@visage/shared/storage/originals'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { limits } from '../../../apps/worker/src/image/limits.ts'
import { render } from '../../../apps/worker/src/image/render.ts'
import { CrashError } from '../../../apps/worker/src/renderer/renderer.ts'
import { processUpload, type Render } from '../../../apps/worker/src/upload/process-upload.ts'
import { unscraped } from '../domain/metrics.ts'
import { hookSteps } from './hook-steps.ts'
import { isPoisonous } from './poison.ts'
import type { Trial } from './trial.ts'

export const silent = createLogger({ name: 'test', level: 'silent', format: 'json' })

/** Runs one attempt at an upload in the test process, without the queue. */
export async function attempt({ world, gates }: Trial, worker: string, id: string) {
  const { store, db } = world
  const raw = new RawObjects(store)
  const job = await world.queue.getJob(id)
  const upload = fromJobData(job?.data)
  const renderHere: Render = async (bytes) => {
    if (isPoisonous(bytes)) throw new CrashError('the picture is poisonous')
    return render(bytes, recipe, limits)
  }
  const dependencies = {
    ...{ raw, store, render: renderHere, recipe: recipeId(recipe), keepOriginal: async () => {} },
    ...{ uploads: new Uploads(db), rerenders: new Rerenders(db), originals: new Originals(store) },
    announcementQueue: undefined,
    metrics: unscraped.worker,
  }
  return processUpload(upload, hookSteps(dependencies, gates.visitHook(worker)), silent)
}
