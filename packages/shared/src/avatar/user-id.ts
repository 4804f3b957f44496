import type { Brand } from './brand.ts'

/**
 * An opaque account id from the token's `sub`: 1 to 128 characters of well-formed Unicode without control characters.
 * Characters are code points, as in Postgres and JSON Schema.
 */
export type UserId = Brand<'UserId'>

export const MAX_USER_ID_LENGTH = 128

const CONTROL = /\p{Cc}/u

/** Rejects U+0000, which Postgres cannot store, and lone surrogates, which UTF-8 cannot encode. */
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
