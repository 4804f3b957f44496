import type { Outcome, Upload, UploadId } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import { reasons } from '@visage/shared/errors/reasons'
import type { Logger } from '@visage/shared/log/logger'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import { type RejectDependencies, reject } from './reject.ts'

interface Parts {
  readonly raw: Pick<RawObjects, 'quarantine' | 'remove'>
  readonly uploads: Pick<Uploads, 'find'>
}

/** Ends an upload that no worker survived: the verdict is written where Redis cannot lose it. */
export async function rejectAsUnprocessable(
  upload: Upload,
  parts: RejectDependencies,
  log: Logger,
): Promise<Outcome> {
  const outcome = await reject(upload, 'unprocessable', reasons.unprocessable, parts)
  if (outcome === 'rejected')
    log.error({ upload_id: upload.id, user: upload.userId }, 'given up; its bytes go to quarantine')
  return outcome
}

/**
 * The last step of an upload that has its outcome: its raw object goes. What was given up is put
 * aside before, for a person to look at, unless its user had it removed. Whoever acknowledges does so,
 * and the verdict that is written decides, so that an attempt that died in between leaves nothing
 * behind, and loses nothing.
 */
export async function removeRawObject(id: UploadId, { raw, uploads }: Parts): Promise<void> {
  const record = await uploads.find(id)
  if (record?.reason === 'unprocessable' && !record.removedAt) await raw.quarantine(id)
  await raw.remove(id)
}
