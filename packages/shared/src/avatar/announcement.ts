import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** A committed change of an avatar that the webhook has not received yet. */
export interface Announcement {
  readonly revision: Revision
  readonly userId: UserId
  readonly source: 'upload' | 'gravatar' | 'none'
  readonly changedAt: Date
}
