import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { Part } from '@visage/shared/ops/dependencies'
import { healthRoutes } from '@visage/shared/ops/health'
import { describe, expect, test } from 'vitest'

const registry = new MetricsRegistry()
const well = async () => 'fine'
const away = () => Promise.reject(new Error('away'))
const hangs = () => new Promise<never>(() => {})

async function ready(parts: Readonly<Record<string, Part>>, stopping = false) {
  return healthRoutes(registry, parts, () => stopping)['/readyz']?.()
}

describe('/readyz', () => {
  test.each([
    ['all parts are there', well, well, 200, 'ready', 'ok', 'ok'],
    ['a part is away that is not vital', well, away, 200, 'degraded', 'ok', 'away'],
    ['a vital part is away', away, well, 503, 'unavailable', 'away', 'ok'],
    ['nothing is there', away, away, 503, 'unavailable', 'away', 'away'],
  ] as const)('where %s', async (_, vital, other, status, word, first, second) => {
    const parts = { storage: { check: vital, vital: true }, queue: { check: other, vital: false } }
    expect(await ready(parts)).toEqual({
      status,
      body: { status: word, parts: { storage: first, queue: second } },
    })
  })

  test('while it stops it is sent no more work, though all is well', async () => {
    const answer = await ready({ storage: { check: well, vital: true } }, true)
    expect(answer).toMatchObject({ status: 503, body: { status: 'stopping' } })
  })

  test('a part that hangs is away, and holds the answer up no longer than two seconds', async () => {
    const started = performance.now()
    const parts = { storage: { check: hangs, vital: true }, queue: { check: hangs, vital: false } }
    expect(await ready(parts)).toMatchObject({ status: 503, body: { status: 'unavailable' } })
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

test('/healthz asks no part: a process that runs is healthy', async () => {
  const parts = { storage: { check: hangs, vital: true } }
  const routes = healthRoutes(registry, parts, () => true)
  expect(await routes['/healthz']?.()).toEqual({ status: 200, body: { status: 'ok' } })
})
