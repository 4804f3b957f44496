import { readFileSync } from 'node:fs'
import { type Check, checkParts, type Part } from '../ops/dependencies.ts'
import { gauge } from './metric.ts'
import type { MetricsRegistry } from './metrics-registry.ts'

/** What the API and a worker both say of themselves, beside what prom-client reads of every Node process. */
export const processMetrics = {
  build: gauge('build_info', 'Always 1: which program this is, and of which version', {
    app: ['api', 'worker'],
    version: 'that of the release',
    node: 'that of Node',
  }),
  partUp: gauge('part_up', 'Whether this process can use a part: 1, or 0 while it is away', {
    part: 'storage, database or queue',
  }),
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Adds the metrics that the API and a worker have in common. Call it once for each registry. */
export function measureProcess(
  registry: MetricsRegistry,
  app: 'api' | 'worker',
  parts: Readonly<Record<string, Part>>,
): void {
  const { build, partUp } = registry.create(processMetrics)
  const showParts = (checks: readonly Check[]) => {
    for (const { name, ok } of checks) partUp.set({ part: name }, ok ? 1 : 0)
  }
  registry.addNodeMetrics()
  build.set({ app, version, node: process.versions.node }, 1)
  registry.onScrape('the parts', () => checkParts(parts), showParts, partUp.forget)
}
