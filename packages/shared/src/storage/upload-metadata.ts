import { type SourceFormat, sourceTypes } from '../avatar/formats.ts'
import { CENTRED, formatFraming, parseFraming } from '../avatar/framing.ts'
import { revisionTime } from '../avatar/revision.ts'
import type { Upload, UploadId } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { PutOptions, StoredObject } from './object-store.ts'

/**
 * Stores an upload as object metadata, which every copy of the object retains. Object metadata is ASCII, so the user id
 * is stored as the base64url of its UTF-8.
 */
export function toMetadata(upload: Upload): PutOptions {
  return {
    mediaType: sourceTypes[upload.format].mediaType,
    metadata: {
      'user-id': Buffer.from(upload.userId, 'utf8').toString('base64url'),
      'source-format': upload.format,
      'correlation-id': upload.correlationId,
      framing: formatFraming(upload.framing ?? CENTRED),
    },
  }
}

/** Restores an upload from the metadata that `toMetadata` made. */
export function fromMetadata(id: UploadId, { bytes, metadata }: StoredObject): Upload {
  return {
    id,
    userId: Buffer.from(metadata['user-id'] ?? '', 'base64url').toString('utf8') as UserId,
    bytes,
    format: metadata['source-format'] as SourceFormat,
    acceptedAt: revisionTime(id),
    correlationId: metadata['correlation-id'] ?? '',
    framing: parseFraming(metadata.framing),
  }
}
