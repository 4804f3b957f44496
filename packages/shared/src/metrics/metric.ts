import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { combinations, type Labelled, type Labels, type NoLabels } from './labels.ts'

/** One row of a table of metrics. Each registry creates its own metric of it. */
export interface MetricDefinition<Metric = unknown> {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** What it counts or measures, and for a histogram of what one observation is made. */
  readonly help: string
  readonly labels: Labels
  /** @throws where the registry has a metric of that name */
  createIn(registry: Registry): Metric
}

export interface CounterMetric<L extends Labels> {
  inc(...args: Labelled<L, [by?: number]>): void
}

export interface GaugeMetric<L extends Labels> {
  set(...args: Labelled<L, [value: number]>): void
  inc(...args: Labelled<L, [by?: number]>): void
  dec(...args: Labelled<L, [by?: number]>): void
  /** Nothing is known of it: it is not shown, rather than shown as it was. */
  forget(): void
}

export interface HistogramMetric<L extends Labels> {
  observe(...args: Labelled<L, [value: number]>): void
}

/** Starts at 0 for every combination of labels that is known, so that the first increase is seen as one. */
export function counter<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  labels: L = {} as L,
): MetricDefinition<CounterMetric<L>> {
  return define('counter', name, help, labels, (options) => {
    const metric = new Counter(options)
    for (const values of combinations(labels)) metric.inc(values, 0)
    return { inc: metric.inc.bind(metric) as CounterMetric<L>['inc'] }
  })
}

export function gauge<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  labels: L = {} as L,
): MetricDefinition<GaugeMetric<L>> {
  return define('gauge', name, help, labels, (options) => {
    const metric = new Gauge(options)
    return {
      set: metric.set.bind(metric) as GaugeMetric<L>['set'],
      inc: metric.inc.bind(metric) as GaugeMetric<L>['inc'],
      dec: metric.dec.bind(metric) as GaugeMetric<L>['dec'],
      forget() {
        metric.reset()
        // A reset gauge without labels says 0.
        if (Object.keys(labels).length === 0) metric.remove()
      },
    }
  })
}

/** @param buckets their upper bounds, in the unit of the name */
export function histogram<const L extends Labels = NoLabels>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: L = {} as L,
): MetricDefinition<HistogramMetric<L>> {
  return define('histogram', name, help, labels, (options) => {
    const metric = new Histogram({ ...options, buckets: [...buckets] })
    for (const values of combinations(labels)) metric.zero(values)
    return { observe: metric.observe.bind(metric) as HistogramMetric<L>['observe'] }
  })
}

interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly registers: Registry[]
}

function define<Metric>(
  kind: MetricDefinition['kind'],
  suffix: string,
  help: string,
  labels: Labels,
  create: (options: MetricOptions) => Metric,
): MetricDefinition<Metric> {
  const name = `visage_${suffix}`
  const labelNames = Object.keys(labels)
  const createIn = (registry: Registry) => create({ name, help, labelNames, registers: [registry] })
  return { name, kind, help, labels, createIn }
}
