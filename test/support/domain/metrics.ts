import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { apiMetrics } from '../../../apps/api/src/metrics.ts'
import { workerMetrics } from '../../../apps/worker/src/metrics.ts'

/** Metrics that nothing scrapes, for code that requires some. */
export const unscraped = {
  api: new MetricsRegistry().create(apiMetrics),
  worker: new MetricsRegistry().create(workerMetrics),
}
