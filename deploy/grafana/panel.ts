/** One query and what its lines are called. */
export type Query = readonly [expr: string, legend: string]

/** What is shown of a few queries. Plain data: `build.ts` makes Grafana's words of it. */
export interface Panel {
  readonly title: string
  /** What to read from it; Grafana shows it behind an (i). */
  readonly about: string
  readonly kind: 'lines' | 'stacked' | 'number'
  /** Of 24 columns; those of a line come to 24. */
  readonly width: number
  readonly unit: Unit
  readonly queries: readonly Query[]
  /** From these values on it is orange, and red. */
  readonly alarming?: readonly [orange: number, red: number]
}

/** In Grafana's words. */
export type Unit = 's' | 'bytes' | 'Bps' | 'reqps' | 'ops' | 'cps' | 'percentunit' | 'short'

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** Stands in the braces of every selector: what the person has chosen at the top. */
export const CHOSEN = 'job=~"$job",instance=~"$instance"'

const RATE = '[$__rate_interval]'

/** A counter's increase a second. @param more labels, before a comma */
export function perSecond(metric: string, by = '', more = ''): string {
  return `sum${by && ` by (${by})`} (rate(visage_${metric}{${more}${CHOSEN}}${RATE}))`
}

export function quantile(q: number, metric: string, by = '', more = ''): string {
  const labels = by ? `le, ${by}` : 'le'
  return `histogram_quantile(${q}, ${perSecond(`${metric}_bucket`, labels, more)})`
}

/** How long most, nearly all and the unlucky waited. */
export function quantiles(metric: string, more = ''): Query[] {
  return [0.5, 0.95, 0.99].map((q) => [quantile(q, metric, '', more), `p${q * 100}`])
}

/** The mean of a histogram's observations. */
export function mean(metric: string, by: string): string {
  return `${perSecond(`${metric}_sum`, by)} / ${perSecond(`${metric}_count`, by)}`
}

/** Every API tells of the same queue: one of them is enough. */
export function ofQueue(metric: string, by = ''): string {
  return `max${by && ` by (${by})`} (visage_${metric}{${CHOSEN}})`
}

export const gauge = (metric: string): string => `${metric}{${CHOSEN}}`
