import { within } from '../lifecycle/deadline.ts'
import { metricsText } from '../metrics/metrics.ts'
import type { OpsRoutes } from './server.ts'

export interface Part {
  /** Rejects where the part cannot be used. */
  readonly check: () => Promise<unknown>
  /** Whether this process can do nothing for anybody without it. */
  readonly vital: boolean
}

const CHECK_TIMEOUT = 2000

/**
 * `/metrics`: counters in Prometheus's format. `/healthz`: the process runs. `/readyz`: it can be sent work, and which part is missing. A part that
 * is away and not vital leaves it ready: what does not need that part goes on.
 */
export function healthRoutes(
  parts: Readonly<Record<string, Part>>,
  stopping: () => boolean,
): OpsRoutes {
  return {
    '/metrics': async () => ({ status: 200, body: await metricsText() }),
    '/healthz': () => ({ status: 200, body: { status: 'ok' } }),
    '/readyz': async () => {
      const checks = await Promise.all(
        Object.entries(parts).map(([name, part]) => check(name, part)),
      )
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

async function check(name: string, { check, vital }: Part) {
  const ok = await within(name, CHECK_TIMEOUT, check()).then(
    () => true,
    () => false,
  )
  return { name, vital, ok }
}
