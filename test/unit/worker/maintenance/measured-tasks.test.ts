import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { measuredTasks } from '../../../../apps/worker/src/maintenance/measured-tasks.ts'
import { workerMetrics } from '../../../../apps/worker/src/metrics.ts'

const START = 1_800_000_000_000
let fails: boolean
let registry: MetricsRegistry

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  fails = false
  registry = new MetricsRegistry()
})
afterEach(() => vi.useRealTimers())

const run = async () => {
  if (fails) throw new Error('no bucket')
}
const tasks = () => measuredTasks({ sweep: { every: 60_000, run } }, registry.create(workerMetrics))

async function value(name: string): Promise<number> {
  const line = new RegExp(`^visage_maintenance_${name}\\{task="sweep"\\} (\\S+)$`, 'm')
  return Number(line.exec(await registry.text())?.[1])
}

test('the age of a task that never ran is the uptime of the process', async () => {
  tasks()
  expect(await value('last_success_timestamp_seconds')).toBe(START / 1000)
  expect(await value('interval_seconds')).toBe(60)
})

test('a successful run is recorded with its time', async () => {
  const { sweep } = tasks()
  vi.setSystemTime(START + 90_000)
  await sweep?.run()
  expect(await value('last_success_timestamp_seconds')).toBe(START / 1000 + 90)
  expect(await value('duration_seconds_count')).toBe(1)
  expect(await value('failures_total')).toBe(0)
})

test('a failed run is counted, is not a success, and rethrows its error', async () => {
  const { sweep } = tasks()
  fails = true
  vi.setSystemTime(START + 90_000)
  await expect(sweep?.run()).rejects.toThrow('no bucket')
  expect(await value('last_success_timestamp_seconds')).toBe(START / 1000)
  expect(await value('failures_total')).toBe(1)
})
