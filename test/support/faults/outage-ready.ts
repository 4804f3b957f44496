import type { App } from '@visage/stack/app'

/** What the process says of itself and of its servers. */
export async function readiness({ ports }: App) {
  const answer = await fetch(`http://127.0.0.1:${ports.ops}/readyz`)
  return { http: answer.status, ...((await answer.json()) as Readiness) }
}

interface Readiness {
  readonly status: 'ready' | 'degraded' | 'unavailable' | 'stopping'
  readonly dependencies: Readonly<Record<'storage' | 'database' | 'queue', 'ok' | 'unavailable'>>
}
