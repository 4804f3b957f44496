import type { App } from '@visage/stack/app'

/** Returns the answer of `/readyz`. */
export async function readiness({ ports }: App) {
  const answer = await fetch(`http://127.0.0.1:${ports.ops}/readyz`)
  return { http: answer.status, ...((await answer.json()) as Readiness) }
}

interface Readiness {
  readonly status: 'ready' | 'degraded' | 'unavailable' | 'stopping'
  readonly dependencies: Readonly<Record<'storage' | 'database' | 'queue', 'ok' | 'unavailable'>>
}
