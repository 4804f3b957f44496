import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { combinations, type Labelled, type Labels, type NoLabels } from './labels.ts'

/** Definition of a metric. Each registry creates its own metric from it. */
export interface MetricDefinition<Metric = unknown> {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** The counted or measured quantity; for a histogram also the subject of one observation. */
  readonly help: string
  readonly labels: Labels
  /** @throws if the registry has a metric with the same name */
  createIn(registry: Registry): Metric
}

export interface CounterMetric<L extends Labels> {
  inc(...args: Labelled<L, [by?: number]>): void
}

export interface GaugeMetric<L extends Labels> {
  set(...args: Labelled<L, [value: number]>): void
  inc(...args: Labelled<L, [by?: number]>): void
  dec(...args: Labelled<L, [by?: number]>): void
  /** Removes the value. The metric is absent until the next `set`, because its value is unknown. */
  clear(): void
}

export interface HistogramMetric<L extends Labels> {
  observe(...args: Labelled<L, [value: number]>): void
}

/**
 * Defines a counter. It starts at 0 for every listed combination of labels, so that `increase()` sees the first one.
 */
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
      clear() {
        metric.reset()
        // `reset` sets a gauge without labels to 0.
        if (Object.keys(labels).length === 0) metric.remove()
      },
    }
  })
}

/** Defines a histogram.  @param buckets upper bounds, in the unit of the name */
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
