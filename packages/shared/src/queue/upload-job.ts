import type { SourceFormat } from '../avatar/formats.ts'
import { CENTRED, formatFraming, parseFraming } from '../avatar/framing.ts'
import type { RecipeId } from '../avatar/recipe-id.ts'
import { revisionTime } from '../avatar/revision.ts'
import type { Upload, UploadId } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'

export const UPLOAD_QUEUE = 'uploads'
export const MAINTENANCE_QUEUE = 'maintenance'

/**
 * `render` renders a new upload. `repair` renders the variants of an upload that already has an outcome.
 * `rerender` renders a current picture again, under a new revision.
 */
export type UploadJobName = 'render' | 'repair' | 'rerender'

/** The job's data in Redis, as JSON. Contains no e-mail address and no token. */
export interface UploadJobData {
  readonly upload_id: UploadId
  readonly user_id: UserId
  readonly bytes: number
  readonly format: SourceFormat
  readonly correlation_id: string
  readonly framing: string
  /** Recipe of a `rerender` job. `upload_id` is then the revision of the current picture. */
  readonly recipe?: RecipeId
}

export function toJobData(upload: Upload): UploadJobData {
  return {
    upload_id: upload.id,
    user_id: upload.userId,
    bytes: upload.bytes,
    format: upload.format,
    correlation_id: upload.correlationId,
    framing: formatFraming(upload.framing ?? CENTRED),
  }
}

export function fromJobData(data: UploadJobData): Upload {
  const id = data.upload_id
  return {
    id,
    userId: data.user_id,
    bytes: data.bytes,
    format: data.format,
    acceptedAt: revisionTime(id),
    correlationId: data.correlation_id,
    framing: parseFraming(data.framing),
  }
}
