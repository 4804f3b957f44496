import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { Dependency } from '@visage/shared/ops/dependencies'
import { healthRoutes } from '@visage/shared/ops/health'
import { describe, expect, test } from 'vitest'

const registry = new MetricsRegistry()
const well = async () => 'fine'
const down = () => Promise.reject(new Error('down'))
const hangs = () => new Promise<never>(() => {})

async function ready(dependencies: Readonly<Record<string, Dependency>>, stopping = false) {
  return healthRoutes(registry, dependencies, () => stopping)['/readyz']?.()
}

describe('/readyz', () => {
  test.each([
    ['all dependencies are available', well, well, 200, 'ready', 'ok', 'ok'],
    [
      'a dependency that is not required is unavailable',
      well,
      down,
      200,
      'degraded',
      'ok',
      'unavailable',
    ],
    ['a required dependency is unavailable', down, well, 503, 'unavailable', 'unavailable', 'ok'],
    ['no dependency is available', down, down, 503, 'unavailable', 'unavailable', 'unavailable'],
  ] as const)('where %s', async (_, required, other, status, word, first, second) => {
    const dependencies = {
      storage: { check: required, required: true },
      queue: { check: other, required: false },
    }
    expect(await ready(dependencies)).toEqual({
      status,
      body: { status: word, dependencies: { storage: first, queue: second } },
    })
  })

  test('answers 503 during a stop although every dependency is available', async () => {
    const answer = await ready({ storage: { check: well, required: true } }, true)
    expect(answer).toMatchObject({ status: 503, body: { status: 'stopping' } })
  })

  test('a hanging dependency is unavailable and delays the answer by at most two seconds', async () => {
    const started = performance.now()
    const dependencies = {
      storage: { check: hangs, required: true },
      queue: { check: hangs, required: false },
    }
    expect(await ready(dependencies)).toMatchObject({
      status: 503,
      body: { status: 'unavailable' },
    })
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

test('/healthz checks no dependency', async () => {
  const dependencies = { storage: { check: hangs, required: true } }
  const routes = healthRoutes(registry, dependencies, () => true)
  expect(await routes['/healthz']?.()).toEqual({ status: 200, body: { status: 'ok' } })
})
