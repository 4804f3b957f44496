declare const brand: unique symbol

/**
 * A string of one kind, such as a user id. TypeScript rejects a string of another kind in its place. A value with two
 * brands has both kinds. At run time, the value is a plain string.
 */
export type Brand<Name extends string> = string & {
  readonly [brand]: { readonly [N in Name]: true }
}
