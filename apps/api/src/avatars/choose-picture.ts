import type { Avatar } from '@visage/shared/avatar/avatar'
import { pickVariant, type Variant } from '@visage/shared/avatar/recipe'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UserId } from '@visage/shared/avatar/user-id'
import { negotiateFormat } from './negotiate-format.ts'

/** What a viewer requests. */
export interface PictureRequest {
  /** Pixels of a side. Undefined: the largest. */
  readonly size: number | undefined
  /** Whether the viewer requests an animation and reads its format. */
  readonly animated: boolean
  /** The `Accept` header; empty if there is none. */
  readonly accept: string
}

/** What the API shows of a user. `default`: whatever DEFAULT_AVATAR says. */
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

/** Chooses what to show. @param avatar undefined for a user who never set a picture */
export function choosePicture(avatar: Avatar | undefined, request: PictureRequest): PictureChoice {
  if (avatar?.source === 'upload') {
    const { userId, revision, variants } = avatar
    return { kind: 'variant', userId, revision, variant: chooseVariant(variants, request) }
  }
  const emailHash = avatar?.source === 'gravatar' ? avatar.emailHash : null
  return emailHash === null ? { kind: 'default' } : { kind: 'gravatar', emailHash }
}

/** Every picture has its stills in the fallback format, so there is always a variant. */
function chooseVariant(
  variants: readonly Variant[],
  { size = Number.POSITIVE_INFINITY, animated, accept }: PictureRequest,
): Variant {
  const animation = animated ? pickVariant(variants, ANIMATED, size) : undefined
  const format = negotiateFormat(accept, variants)
  return animation ?? (pickVariant(variants, { format }, size) as Variant)
}
