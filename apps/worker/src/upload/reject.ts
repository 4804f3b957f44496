import type { Outcome, Upload } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Reason } from '@visage/shared/errors/reasons'
import type { WorkerMetrics } from '../metrics.ts'

export interface RejectDependencies {
  readonly uploads: Pick<Uploads, 'recordVerdict'>
  readonly metrics: Pick<WorkerMetrics, 'rejections'>
}

/** Records the state `rejected`, unless the upload already has an outcome.  @returns the recorded outcome */
export async function reject(
  upload: Upload,
  reason: Reason,
  msg: string,
  { uploads, metrics }: RejectDependencies,
): Promise<Outcome> {
  const outcome = await uploads.recordVerdict(upload, { state: 'rejected', reason, msg })
  if (outcome === 'rejected') metrics.rejections.inc({ reason })
  return outcome
}
