import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** A picture to render again: the revision that the user shows now, and the revision that replaces it. */
export interface PictureRerender {
  readonly userId: UserId
  readonly from: Revision
  readonly to: Revision
}

/** `ready`: the user shows the new revision. `superseded`: the user has changed the avatar since. */
export type RerenderCommit = 'ready' | 'superseded'
