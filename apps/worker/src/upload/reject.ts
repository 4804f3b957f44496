import type { EndState, Upload } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Reason } from '@visage/shared/errors/reasons'
import type { WorkerMetrics } from '../metrics.ts'

export interface RejectParts {
  readonly uploads: Pick<Uploads, 'end'>
  readonly metrics: Pick<WorkerMetrics, 'rejections'>
}

/** Writes that the picture is at fault, unless it has another outcome.  @returns its outcome */
export async function reject(
  upload: Upload,
  reason: Reason,
  msg: string,
  { uploads, metrics }: RejectParts,
): Promise<EndState> {
  const outcome = await uploads.end(upload, { state: 'rejected', reason, msg })
  if (outcome === 'rejected') metrics.rejections.inc({ reason })
  return outcome
}
