import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** A user's request to remove every picture that is older than `revision`. */
export interface Removal {
  readonly userId: UserId
  readonly revision: Revision
}

/** A picture whose objects are to be deleted. */
export interface Purge {
  readonly userId: UserId
  readonly revision: Revision
  /** True if the user removed the picture. Its raw object and quarantined copy are then deleted too. */
  readonly removed: boolean
}

/** A revision in the bucket and the folder of its user. */
export interface StoredRevision {
  readonly folder: string
  readonly revision: Revision
}
