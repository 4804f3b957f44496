/**
 * The labels of a metric, each with every value that it can have; in words where that list is kept
 * elsewhere, and is short. No label takes a value that a client chooses.
 */
export type Labels = Readonly<Record<string, readonly string[] | string>>

// biome-ignore lint/complexity/noBannedTypes: it has no member, which is the point
export type NoLabels = {}

export type ValuesOf<L extends Labels> = {
  readonly [Name in keyof L]: L[Name] extends readonly (infer Value extends string)[]
    ? Value
    : string
}

/** The values of the labels come first, where there are labels. */
export type Labelled<L extends Labels, Rest extends unknown[]> = keyof L extends never
  ? Rest
  : [values: ValuesOf<L>, ...Rest]

/** Every combination of values; none where the values of a label are not listed. */
export function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      typeof values === 'string'
        ? []
        : all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}
