declare const brand: unique symbol

/**
 * A string of one kind, such as a user id. TypeScript refuses a string of another kind in its place. A value that has two
 * brands is of both kinds. At run time it is a plain string.
 */
export type Brand<Name extends string> = string & {
  readonly [brand]: { readonly [N in Name]: true }
}
