import { METRICS_TYPE, metricsText } from '../metrics/scrape.ts'
import { checkParts, type Part } from './parts.ts'
import type { OpsRoutes } from './server.ts'

/**
 * `/metrics`: all of them in Prometheus's format. `/healthz`: the process runs. `/readyz`: it can be sent work, and which part is missing. A part that
 * is away and not vital leaves it ready: what does not need that part goes on.
 */
export function healthRoutes(
  parts: Readonly<Record<string, Part>>,
  stopping: () => boolean,
): OpsRoutes {
  return {
    '/metrics': async () => ({ status: 200, type: METRICS_TYPE, body: await metricsText() }),
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
