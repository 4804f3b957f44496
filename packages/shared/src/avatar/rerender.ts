import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** A picture to render again. `from`: the user's current revision. `to`: the revision that replaces it. */
export interface PictureRerender {
  readonly userId: UserId
  readonly from: Revision
  readonly to: Revision
}

/** `ready`: the new revision is the user's avatar. `superseded`: the user changed the avatar during the rendering. */
export type RerenderCommit = 'ready' | 'superseded'
