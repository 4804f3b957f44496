import type { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { WorkerMetrics } from '../metrics.ts'
import type { Renderers } from './renderers.ts'

type StandingMetrics = Pick<WorkerMetrics, 'renderers' | 'rendererMemory' | 'rendererPeak'>

export function measureRenderers(
  registry: Pick<MetricsRegistry, 'onScrape'>,
  metrics: StandingMetrics,
  renderers: Pick<Renderers, 'usage'>,
): void {
  const read = async () => renderers.usage()
  registry.onScrape('the render processes', read, (standing) => show(standing, metrics))
}

function show(
  { busy, idle, memory, peak }: ReturnType<Renderers['usage']>,
  { renderers, rendererMemory, rendererPeak }: StandingMetrics,
): void {
  renderers.set({ state: 'busy' }, busy)
  renderers.set({ state: 'idle' }, idle)
  rendererMemory.set(memory)
  rendererPeak.set(peak)
}
