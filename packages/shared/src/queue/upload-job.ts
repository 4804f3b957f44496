import type { SourceFormat } from '../avatar/formats.ts'
import { revisionTime } from '../avatar/revision.ts'
import type { Upload } from '../avatar/upload.ts'

export const UPLOAD_QUEUE = 'uploads'
export const MAINTENANCE_QUEUE = 'maintenance'

/** What a job carries, as JSON. No address, no token. */
export interface UploadJobData {
  readonly user_id: string
  readonly bytes: number
  readonly format: SourceFormat
  readonly correlation_id: string
}

export function toJobData(upload: Upload): UploadJobData {
  return {
    user_id: upload.userId,
    bytes: upload.bytes,
    format: upload.format,
    correlation_id: upload.correlationId,
  }
}

export function fromJob(id: string, data: UploadJobData): Upload {
  return {
    id,
    userId: data.user_id,
    bytes: data.bytes,
    format: data.format,
    acceptedAt: revisionTime(id),
    correlationId: data.correlation_id,
  }
}
