import { randomUUID } from 'node:crypto'
import { Uploads } from '@visage/shared/db/uploads'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { ATTEMPT_LIMITS } from '../../../apps/worker/src/upload/process-upload.ts'
import { asUploadId } from '../domain/brands.ts'
import type { World } from '../world/world.ts'

/** Notes a start without an end, as the crash of a worker leaves it. */
export async function suspect({ db, store }: World, id: string): Promise<string> {
  const upload = await new RawObjects(store).find(asUploadId(id))
  if (!upload) throw new Error(`no raw object of ${id}`)
  const start = randomUUID()
  await new Uploads(db).beginAttempt(upload, start)
  return start
}

/** Notes what it takes to give a picture up. */
export async function condemn(world: World, id: string): Promise<void> {
  for (let crashes = 0; crashes < ATTEMPT_LIMITS.crashes; crashes++)
    await new Uploads(world.db).recordCrash(asUploadId(id), await suspect(world, id))
}
