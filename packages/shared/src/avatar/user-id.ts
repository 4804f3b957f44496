import type { Brand } from './brand.ts'

/**
 * An opaque account id as the token's `sub` gives it: 1 to 128 characters of well-formed Unicode, none of
 * them a control. Characters are code points, as Postgres and JSON Schema count them.
 */
export type UserId = Brand<'UserId'>

export const MAX_USER_ID_LENGTH = 128

const CONTROL = /\p{Cc}/u

/** Postgres cannot store U+0000 and UTF-8 cannot encode half a surrogate pair, so neither may pass the door. */
export function isUserId(value: unknown): value is UserId {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= 2 * MAX_USER_ID_LENGTH &&
    (value.length <= MAX_USER_ID_LENGTH || [...value].length <= MAX_USER_ID_LENGTH) &&
    value.isWellFormed() &&
    !CONTROL.test(value)
  )
}
