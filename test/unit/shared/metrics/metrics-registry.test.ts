import { counter, gauge } from '@visage/shared/metrics/metric'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.useRealTimers())

const table = {
  depth: gauge('test_depth', 'What is read'),
  height: gauge('test_height', 'What is known'),
  dives: counter('test_dives_total', 'What is counted'),
}
const registry = new MetricsRegistry()
const { depth, height } = registry.create(table)
let read: () => Promise<number>
registry.onScrape(
  'the depth',
  () => read(),
  (metres) => depth.set(metres),
  depth.clear,
)

test('each scrape reads the value again', async () => {
  for (const metres of [3, 4]) {
    read = async () => metres
    expect(await registry.text()).toMatch(new RegExp(`^visage_test_depth ${metres}$`, 'm'))
  }
})

test.each([
  ['cannot be read', () => Promise.reject(new Error('unavailable'))],
  ['does not come', () => new Promise<number>(() => {})],
])('what %s is not shown as it was, and all else is', async (_, fails) => {
  vi.useFakeTimers()
  height.set(7)
  read = async () => 3
  expect(await registry.text()).toMatch(/^visage_test_depth 3$/m)
  read = fails
  const answer = registry.text()
  await vi.runAllTimersAsync()
  expect(await answer).not.toMatch(/^visage_test_depth/m)
  expect(await answer).toMatch(/^visage_test_height 7$/m)
})

test('two registries of one table share neither metrics nor readings', async () => {
  const [one, other] = [new MetricsRegistry(), new MetricsRegistry()]
  const metrics = one.create(table)
  other.create(table)
  one.onScrape('the depth', async () => 5, metrics.depth.set)
  metrics.dives.inc()
  expect(await one.text()).toMatch(/^visage_test_dives_total 1$/m)
  expect(await one.text()).toMatch(/^visage_test_depth 5$/m)
  expect(await other.text()).toMatch(/^visage_test_dives_total 0$/m)
  expect(await other.text()).toMatch(/^visage_test_depth 0$/m)
})

test('two registries in one process both have the metrics of Node', async () => {
  const registries = [new MetricsRegistry(), new MetricsRegistry()]
  for (const one of registries) one.addNodeMetrics()
  for (const one of registries)
    expect(await one.text()).toMatch(/^process_resident_memory_bytes \d+$/m)
})
