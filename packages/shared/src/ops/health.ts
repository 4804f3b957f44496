import type { MetricsRegistry } from '../metrics/metrics-registry.ts'
import { checkParts, type Part } from './dependencies.ts'
import type { OpsRoutes } from './server.ts'

/**
 * `/metrics`: all of them in Prometheus's format. `/healthz`: the process runs. `/readyz`: it can be sent work, and which part is missing. A part that
 * is away and not vital leaves it ready: what does not need that part goes on.
 */
export function healthRoutes(
  registry: Pick<MetricsRegistry, 'contentType' | 'text'>,
  parts: Readonly<Record<string, Part>>,
  stopping: () => boolean,
): OpsRoutes {
  return {
    '/metrics': async () => ({
      status: 200,
      type: registry.contentType,
      body: await registry.text(),
    }),
    '/healthz': () => ({ status: 200, body: { status: 'ok' } }),
    '/readyz': async () => {
      const checks = await checkParts(parts)
      const missing = checks.filter((c) => !c.ok)
      const ready = !stopping() && !missing.some((c) => c.vital)
      return {
        status: ready ? 200 : 503,
        body: {
          status: stopping()
            ? 'stopping'
            : !ready
              ? 'unavailable'
              : missing.length > 0
                ? 'degraded'
                : 'ready',
          parts: Object.fromEntries(checks.map((c) => [c.name, c.ok ? 'ok' : 'away'])),
        },
      }
    },
  }
}
