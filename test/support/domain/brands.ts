import type { ObjectKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'

/** Casts for tests, which write IDs and keys as plain strings, including invalid ones. */
export const asUserId = (text: string) => text as UserId
export const asRevision = (text: string) => text as Revision
export const asUploadId = (text: string) => text as UploadId
export const asObjectKey = (text: string) => text as ObjectKey
