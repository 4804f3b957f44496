/**
 * The labels of a metric. Each has the list of its possible values, or a description if the list is defined elsewhere.
 * Both are bounded: a client must never choose the value of a label.
 */
export type Labels = Readonly<Record<string, readonly string[] | string>>

// biome-ignore lint/complexity/noBannedTypes: a metric without labels needs the empty type
export type NoLabels = {}

export type ValuesOf<L extends Labels> = {
  readonly [Name in keyof L]: L[Name] extends readonly (infer Value extends string)[]
    ? Value
    : string
}

/** The arguments `Rest`, preceded by the label values if the metric has labels. */
export type Labelled<L extends Labels, Rest extends unknown[]> = keyof L extends never
  ? Rest
  : [values: ValuesOf<L>, ...Rest]

/** Returns every combination of label values; no combination if a label has no list of values. */
export function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      typeof values === 'string'
        ? []
        : all.flatMap((labelled) => values.map((value) => ({ ...labelled, [name]: value }))),
    [{}],
  )
}
