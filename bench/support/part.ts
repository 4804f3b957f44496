/** Cells by column; numbers are printed with few digits, and kept whole in the JSON. */
export type Row = Readonly<Record<string, string | number>>

export interface Table {
  readonly title: string
  readonly rows: readonly Row[]
}

export interface Target {
  /** What was measured, with its unit. */
  readonly what: string
  readonly value: number
  readonly sense: 'at most' | 'at least'
  readonly bound: number
}

/** Bars that are compared with each other, drawn for the document. */
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly value: number }[]
}

export interface Report {
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
  readonly charts?: readonly Chart[]
  /** The servers that were there already, by name. */
  readonly given?: readonly string[]
}

/** `quick` is for whether a part works, not for its figures. */
export type Effort = 'quick' | 'full'

/** One thing to measure. Each runs in a process that no other part has touched. */
export interface Part {
  /** What it answers, in a few words. */
  readonly what: string
  readonly measure: (effort: Effort) => Promise<Report>
}

export function isMet({ value, sense, bound }: Target): boolean {
  return sense === 'at most' ? value <= bound : value >= bound
}
