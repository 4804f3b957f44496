import { readFileSync } from 'node:fs'
import { checkDependencies, type Dependency, type DependencyState } from '../ops/dependencies.ts'
import { gauge } from './metric.ts'
import type { MetricsRegistry } from './metrics-registry.ts'

/** What the API and a worker both say of themselves, beside what prom-client reads of every Node process. */
export const processMetrics = {
  build: gauge('build_info', 'Always 1: which program this is, and of which version', {
    app: ['api', 'worker'],
    version: 'that of the release',
    node: 'that of Node',
  }),
  dependencyUp: gauge('dependency_up', '1 if this process can use the dependency, 0 if not', {
    dependency: 'storage, database or queue',
  }),
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Adds the metrics that the API and a worker have in common. Call it once for each registry. */
export function measureProcess(
  registry: MetricsRegistry,
  app: 'api' | 'worker',
  dependencies: Readonly<Record<string, Dependency>>,
): void {
  const { build, dependencyUp } = registry.create(processMetrics)
  const show = (checks: readonly DependencyState[]) => {
    for (const { name, ok } of checks) dependencyUp.set({ dependency: name }, ok ? 1 : 0)
  }
  registry.addNodeMetrics()
  build.set({ app, version, node: process.versions.node }, 1)
  const check = () => checkDependencies(dependencies)
  registry.onScrape('checking dependencies', check, show, dependencyUp.forget)
}
