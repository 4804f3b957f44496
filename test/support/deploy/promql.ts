import { parser } from '@prometheus-io/lezer-promql'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { measureProcess } from '@visage/shared/metrics/process'
import { apiMetrics } from '../../../apps/api/src/metrics.ts'
import { workerMetrics } from '../../../apps/worker/src/metrics.ts'
import { ourMetrics } from '../generated/metrics-table.ts'

interface Matcher {
  readonly label: string
  /** Values of `=` and of `=~` with alternatives. Empty for other operators. */
  readonly values: readonly string[]
}

interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

/** Labels of Prometheus, of histograms, and of the scrape. */
const GIVEN = new Set(['job', 'instance', 'le'])

const names = new Set(await namesOfSeries())

async function namesOfSeries(): Promise<string[]> {
  const registry = new MetricsRegistry()
  for (const definitions of [apiMetrics, workerMetrics]) registry.create(definitions)
  measureProcess(registry, 'api', {})
  const types = [...(await registry.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name],
  )
}

/** Returns the metrics and labels in a PromQL expression that no process exposes, one sentence each. */
export function strangeIn(expr: string): string[] {
  return selectorsOf(expr).flatMap(({ metric, matchers }) => {
    if (!names.has(metric)) return [`no metric is called ${metric}`]
    return matchers.flatMap((matcher) => strangeMatch(metric, matcher))
  })
}

function strangeMatch(metric: string, { label, values }: Matcher): string[] {
  const base = metric.replace(/_(bucket|sum|count)$/, '')
  const described = ourMetrics.find(({ name }) => name === metric || name === base)
  const known = described?.labels[label]
  if (GIVEN.has(label) || typeof known === 'string') return []
  if (!known) return [`${metric} has no label ${label}`]
  const unknown = values.filter((value) => !known.includes(value))
  return unknown.map((value) => `${label} of ${metric} is never ${value}`)
}

/** Parses an expression. @throws if it is not PromQL */
export function selectorsOf(expr: string): Selector[] {
  const found: { metric: string; matchers: Matcher[] }[] = []
  const tree = parser.parse(expr)
  tree.iterate({
    enter({ name, from, to, type }) {
      const text = expr.slice(from, to)
      if (type.isError) throw new Error(`no PromQL from ${from} on: ${expr}`)
      if (name === 'VectorSelector') found.push({ metric: '', matchers: [] })
      const last = found.at(-1)
      if (name === 'Identifier' && last) last.metric = text
      if (name === 'UnquotedLabelMatcher' && last) last.matchers.push(matcherOf(text))
    },
  })
  return found
}

function matcherOf(text: string): Matcher {
  const [, label = '', op, value = ''] = /^(\w+)\s*(=~|=|!=|!~)\s*"(.*)"$/.exec(text) ?? []
  const words = op === '=' ? [value] : op === '=~' && /^[\w|]+$/.test(value) ? value.split('|') : []
  return { label, values: words }
}
