import { randomUUID } from 'node:crypto'
import { Uploads } from '@visage/shared/db/uploads'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { ATTEMPT_LIMITS } from '../../../apps/worker/src/upload/process-upload.ts'
import { asUploadId } from '../domain/brands.ts'
import type { World } from '../world/world.ts'

/** Records the start of an attempt and no end, as after a crash of the worker. Returns the ID of the attempt. */
export async function recordStart({ db, store }: World, id: string): Promise<string> {
  const upload = await new RawObjects(store).find(asUploadId(id))
  if (!upload) throw new Error(`no raw object of ${id}`)
  const start = randomUUID()
  await new Uploads(db).beginAttempt(upload, start)
  return start
}

/** Records as many crashes as it takes to reject the upload as `unprocessable`. */
export async function recordCrashesToLimit(world: World, id: string): Promise<void> {
  for (let crashes = 0; crashes < ATTEMPT_LIMITS.crashes; crashes++)
    await new Uploads(world.db).recordCrash(asUploadId(id), await recordStart(world, id))
}
