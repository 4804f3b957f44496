import type { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { WorkerMetrics } from '../metrics.ts'
import type { Renderers } from './renderers.ts'

type UsageMetrics = Pick<WorkerMetrics, 'renderers' | 'rendererMemory' | 'rendererPeak'>

export function measureRenderers(
  registry: Pick<MetricsRegistry, 'onScrape'>,
  metrics: UsageMetrics,
  renderers: Pick<Renderers, 'usage'>,
): void {
  const read = async () => renderers.usage()
  registry.onScrape('Reading the usage of renderers', read, (usage) => setGauges(usage, metrics))
}

function setGauges(
  { busy, idle, memory, peak }: ReturnType<Renderers['usage']>,
  { renderers, rendererMemory, rendererPeak }: UsageMetrics,
): void {
  renderers.set({ state: 'busy' }, busy)
  renderers.set({ state: 'idle' }, idle)
  rendererMemory.set(memory)
  rendererPeak.set(peak)
}
