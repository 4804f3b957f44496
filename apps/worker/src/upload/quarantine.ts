import type { Outcome, Upload, UploadId } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import { reasons } from '@visage/shared/errors/reasons'
import type { Logger } from '@visage/shared/log/logger'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import { type RejectDependencies, reject } from './reject.ts'

interface RemovalDependencies {
  readonly raw: Pick<RawObjects, 'quarantine' | 'remove'>
  readonly uploads: Pick<Uploads, 'find'>
}

/**
 * Rejects an upload whose attempts exceeded a limit or whose job failed for good. Postgres stores the verdict, so
 * losing Redis does not lose it.
 * @param log must already have `upload_id` and `user`
 */
export async function rejectAsUnprocessable(
  upload: Upload,
  dependencies: RejectDependencies,
  log: Logger,
): Promise<Outcome> {
  const outcome = await reject(upload, 'unprocessable', reasons.unprocessable, dependencies)
  if (outcome === 'rejected') log.error('Rejected upload as unprocessable; quarantining raw object')
  return outcome
}

/**
 * Removes the raw object of an upload that has its outcome. If the upload was rejected as `unprocessable`, the raw
 * object is first copied to quarantine for analysis, unless the user removed the picture. This function reads the
 * recorded verdict. If an attempt dies first, a later attempt or sweep repeats this step.
 */
export async function removeRawObject(
  id: UploadId,
  { raw, uploads }: RemovalDependencies,
): Promise<void> {
  const record = await uploads.find(id)
  if (record?.reason === 'unprocessable' && !record.removedAt) await raw.quarantine(id)
  await raw.remove(id)
}
