import type { EndState, Upload } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import { reasons } from '@visage/shared/errors/reasons'
import type { Logger } from '@visage/shared/log/logger'
import type { RawObjects } from '@visage/shared/storage/raw-objects'

interface Parts {
  readonly raw: Pick<RawObjects, 'quarantine' | 'remove'>
  readonly uploads: Pick<Uploads, 'end'>
  readonly log: Logger
}

/**
 * Ends an upload that no worker survived: its bytes are put aside for a person to look at, then the
 * verdict is written where Redis cannot lose it, then the raw object goes. Each step can be repeated.
 */
export async function quarantine(upload: Upload, { raw, uploads, log }: Parts): Promise<EndState> {
  await raw.quarantine(upload.id)
  const outcome = await uploads.end(upload, {
    state: 'rejected',
    reason: 'unprocessable',
    msg: reasons.unprocessable,
  })
  await raw.remove(upload.id)
  log.error({ upload_id: upload.id, user: upload.userId }, 'given up; its bytes are in quarantine')
  return outcome
}
