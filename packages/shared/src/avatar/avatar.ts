import type { SourceFormat } from './formats.ts'
import type { Variant } from './recipe.ts'
import type { RecipeId } from './recipe-id.ts'
import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** A rendered picture. All of its variants are in the bucket. */
export interface Picture {
  readonly variants: readonly Variant[]
  /** A thumbhash in base64. */
  readonly placeholder: string
  /** The dominant colour, as `#rrggbb`. */
  readonly color: string
  readonly source: {
    readonly format: SourceFormat
    readonly width: number
    readonly height: number
  }
  /** The recipe that rendered this picture. */
  readonly recipe: RecipeId
}

interface AvatarRevision {
  readonly userId: UserId
  readonly revision: Revision
  readonly updatedAt: Date
}

/**
 * A user's avatar: an uploaded picture, a Gravatar, or none. The row of a removed avatar remains, with its revision:
 * an upload that was accepted before the removal cannot replace it.
 */
export type Avatar = AvatarRevision &
  (
    | ({ readonly source: 'upload' } & Omit<Picture, 'source' | 'recipe'>)
    | { readonly source: 'gravatar'; readonly emailHash: string | null }
    | { readonly source: 'none' }
  )

export type AvatarChange = Pick<AvatarRevision, 'userId' | 'revision'> &
  (
    | { readonly source: 'upload'; readonly picture: Picture }
    | { readonly source: 'gravatar'; readonly emailHash: string | undefined }
    | { readonly source: 'none' }
  )

/** `superseded`: the user has a newer change, which stays in effect. */
export type ChangeEffect = 'applied' | 'superseded'

/** An uploaded picture that is a user's current avatar, and the folder of its variants in the bucket. */
export interface CurrentPicture {
  readonly userId: UserId
  readonly folder: string
  readonly revision: Revision
  readonly variants: readonly Variant[]
}
