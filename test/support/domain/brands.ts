import type { ObjectKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'

/** Tests write ids and keys as plain texts, wrong ones included. */
export const asUserId = (text: string) => text as UserId
export const asRevision = (text: string) => text as Revision
export const asUploadId = (text: string) => text as UploadId
export const asObjectKey = (text: string) => text as ObjectKey
