import { onScrape } from '@visage/shared/metrics/scrape'
import { metrics } from '../metrics.ts'
import type { Renderers } from './renderers.ts'

export function measureRenderers(renderers: Pick<Renderers, 'standing'>): void {
  onScrape('the render processes', async () => renderers.standing(), show)
}

function show({ busy, idle, memory, peak }: ReturnType<Renderers['standing']>): void {
  metrics.renderers.set({ state: 'busy' }, busy)
  metrics.renderers.set({ state: 'idle' }, idle)
  metrics.rendererMemory.set(memory)
  metrics.rendererPeak.set(peak)
}
