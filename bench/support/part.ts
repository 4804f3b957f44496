/** Cells by column. Numbers are printed with three significant digits. The JSON contains them in full. */
export type Row = Readonly<Record<string, string | number>>

export interface Table {
  readonly title: string
  readonly rows: readonly Row[]
}

export interface Target {
  /** The measured quantity, with its unit. */
  readonly what: string
  readonly value: number
  readonly sense: 'at most' | 'at least'
  readonly bound: number
}

/** A bar chart for docs/benchmarks.md. */
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly value: number }[]
}

export interface Report {
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
  readonly charts?: readonly Chart[]
  /** Names of the external servers that were used. */
  readonly externalServers?: readonly string[]
}

/** `quick` shows whether a part works. Its figures have no meaning. */
export type Effort = 'quick' | 'full'

/** One benchmark. Each part runs in its own process. */
export interface Part {
  /** A short description of what the part measures. */
  readonly what: string
  readonly measure: (effort: Effort) => Promise<Report>
}

export function isMet({ value, sense, bound }: Target): boolean {
  return sense === 'at most' ? value <= bound : value >= bound
}
