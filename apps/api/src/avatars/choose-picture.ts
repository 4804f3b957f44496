import type { Avatar } from '@visage/shared/avatar/avatar'
import { pickVariant, type Variant } from '@visage/shared/avatar/recipe'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UserId } from '@visage/shared/avatar/user-id'
import { negotiateFormat } from './negotiate-format.ts'

/** The parameters of a picture request. */
export interface PictureRequest {
  /** Pixels of one side. Undefined: the largest size. */
  readonly size: number | undefined
  /** Whether the client requests an animation and accepts its format. */
  readonly animated: boolean
  /** The `Accept` header; empty if there is none. */
  readonly accept: string
}

/** The picture that the API shows for a user. `default`: the picture that DEFAULT_AVATAR selects. */
export type PictureChoice =
  | {
      readonly kind: 'variant'
      readonly userId: UserId
      readonly revision: Revision
      readonly variant: Variant
    }
  | { readonly kind: 'gravatar'; readonly emailHash: string }
  | { readonly kind: 'default' }

/** The only format of animations. */
export const ANIMATED = { format: 'webp', animated: true } as const

/** Chooses the picture to show. @param avatar undefined for a user who never set a picture */
export function choosePicture(avatar: Avatar | undefined, request: PictureRequest): PictureChoice {
  if (avatar?.source === 'upload') {
    const { userId, revision, variants } = avatar
    return { kind: 'variant', userId, revision, variant: chooseVariant(variants, request) }
  }
  const emailHash = avatar?.source === 'gravatar' ? avatar.emailHash : null
  return emailHash === null ? { kind: 'default' } : { kind: 'gravatar', emailHash }
}

/** Every picture has still variants in the fallback format, so a match always exists. */
function chooseVariant(
  variants: readonly Variant[],
  { size = Number.POSITIVE_INFINITY, animated, accept }: PictureRequest,
): Variant {
  const animation = animated ? pickVariant(variants, ANIMATED, size) : undefined
  const format = negotiateFormat(accept, variants)
  return animation ?? (pickVariant(variants, { format }, size) as Variant)
}
