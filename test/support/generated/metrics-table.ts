import type { MetricDefinition } from '@visage/shared/metrics/metric'
import type { MetricDefinitions } from '@visage/shared/metrics/metrics-registry'
import { processMetrics } from '@visage/shared/metrics/process'
import { apiMetrics } from '../../../apps/api/src/metrics.ts'
import { workerMetrics } from '../../../apps/worker/src/metrics.ts'

const tables: readonly [string, MetricDefinitions][] = [
  ['API', apiMetrics],
  ['worker', workerMetrics],
  ['both', processMetrics],
]

/** Every metric of ours. */
export const ourMetrics: readonly MetricDefinition[] = tables.flatMap(([, table]) =>
  Object.values(table),
)

/** docs/metrics.md's table of every metric, made from the code that defines them. */
export function metricsTable(): string {
  const rows = tables.flatMap(([of, table]) =>
    Object.values(table).map(
      (one) => `| \`${one.name}\` | ${of} | ${one.kind} | ${one.help} | ${labelsOf(one)} |\n`,
    ),
  )
  return `| metric | of | kind | what it is | labels |\n|---|---|---|---|---|\n${rows.join('')}`
}

function labelsOf({ labels }: MetricDefinition): string {
  const words = Object.entries(labels).map(([name, values]) => {
    return `\`${name}\`: ${typeof values === 'string' ? values : values.join(', ')}`
  })
  return words.join('; ')
}
