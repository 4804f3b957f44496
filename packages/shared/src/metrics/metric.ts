import { Counter, Gauge, Histogram } from 'prom-client'
import { combinations, type Labelled, type Labels, type NoLabels } from './labels.ts'
import { registry } from './registry.ts'

/** What a table of metrics says of one of them. */
export interface Described {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** What it counts or measures, and for a histogram of what one observation is made. */
  readonly help: string
  readonly labels: Labels
}

export interface Counts<L extends Labels> extends Described {
  inc(...args: Labelled<L, [by?: number]>): void
}

export interface Shows<L extends Labels> extends Described {
  set(...args: Labelled<L, [value: number]>): void
  inc(...args: Labelled<L, [by?: number]>): void
  dec(...args: Labelled<L, [by?: number]>): void
  /** Nothing is known of it: it is not shown, rather than shown as it was. */
  forget(): void
}

export interface Observes<L extends Labels> extends Described {
  observe(...args: Labelled<L, [value: number]>): void
}

/** Starts at 0 for every combination of labels that is known, so that the first increase is seen as one. */
export function counter<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  labels: L = {} as L,
): Counts<L> {
  const described = describe('counter', name, help, labels)
  const metric = new Counter(optionsOf(described))
  for (const values of combinations(labels)) metric.inc(values, 0)
  return { ...described, inc: metric.inc.bind(metric) as Counts<L>['inc'] }
}

export function gauge<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  labels: L = {} as L,
): Shows<L> {
  const described = describe('gauge', name, help, labels)
  const metric = new Gauge(optionsOf(described))
  return {
    ...described,
    set: metric.set.bind(metric) as Shows<L>['set'],
    inc: metric.inc.bind(metric) as Shows<L>['inc'],
    dec: metric.dec.bind(metric) as Shows<L>['dec'],
    forget() {
      metric.reset()
      // A reset gauge without labels says 0.
      if (Object.keys(labels).length === 0) metric.remove()
    },
  }
}

/** @param buckets their upper bounds, in the unit of the name */
export function histogram<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: L = {} as L,
): Observes<L> {
  const described = describe('histogram', name, help, labels)
  const metric = new Histogram({ ...optionsOf(described), buckets: [...buckets] })
  for (const values of combinations(labels)) metric.zero(values)
  return { ...described, observe: metric.observe.bind(metric) as Observes<L>['observe'] }
}

function describe<Kind extends Described['kind']>(
  kind: Kind,
  name: string,
  help: string,
  labels: Labels,
) {
  return { name: `visage_${name}`, kind, help, labels }
}

function optionsOf({ name, help, labels }: Described) {
  return { name, help, labelNames: Object.keys(labels), registers: [registry] }
}
