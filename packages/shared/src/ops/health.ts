import type { MetricsRegistry } from '../metrics/metrics-registry.ts'
import { checkDependencies, type Dependency, type DependencyState } from './dependencies.ts'
import type { OpsResponse, OpsRoutes } from './server.ts'

/**
 * Returns the routes of health checks and metrics. `/metrics`: all metrics, in Prometheus's text format. `/healthz`:
 * 200 while the process runs. `/readyz`: 200 while the process can take work, with the state of each dependency. The
 * process stays ready while a dependency that is not required is unavailable.
 */
export function healthRoutes(
  registry: Pick<MetricsRegistry, 'contentType' | 'text'>,
  dependencies: Readonly<Record<string, Dependency>>,
  stopping: () => boolean,
): OpsRoutes {
  return {
    '/metrics': async () => ({
      status: 200,
      type: registry.contentType,
      body: await registry.text(),
    }),
    '/healthz': () => ({ status: 200, body: { status: 'ok' } }),
    '/readyz': async () => readiness(await checkDependencies(dependencies), stopping()),
  }
}

function readiness(states: readonly DependencyState[], stopping: boolean): OpsResponse {
  const unavailable = states.filter(({ ok }) => !ok)
  const isReady = !stopping && !unavailable.some(({ required }) => required)
  const ready = unavailable.length > 0 ? 'degraded' : 'ready'
  return {
    status: isReady ? 200 : 503,
    body: {
      status: stopping ? 'stopping' : isReady ? ready : 'unavailable',
      dependencies: Object.fromEntries(
        states.map(({ name, ok }) => [name, ok ? 'ok' : 'unavailable']),
      ),
    },
  }
}
