import { readFileSync } from 'node:fs'
import { checkDependencies, type Dependency, type DependencyState } from '../ops/dependencies.ts'
import { gauge } from './metric.ts'
import type { MetricsRegistry } from './metrics-registry.ts'

/** Metrics that the API and the worker share, besides prom-client's metrics of a Node process. */
export const processMetrics = {
  build: gauge('build_info', 'Always 1. The labels name the program and its versions', {
    app: ['api', 'worker'],
    version: 'version of the release',
    node: 'version of Node.js',
  }),
  dependencyUp: gauge('dependency_up', '1 if this process can use the dependency, 0 if not', {
    dependency: 'storage, database or queue',
  }),
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Adds the metrics that the API and the worker share. Call it once for each registry. */
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
  registry.onScrape('checking dependencies', check, show, dependencyUp.clear)
}
