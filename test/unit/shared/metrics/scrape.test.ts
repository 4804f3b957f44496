import { gauge } from '@visage/shared/metrics/metric'
import { metricsText, onScrape } from '@visage/shared/metrics/scrape'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.useRealTimers())

const depth = gauge('test_depth', 'What is read')
const height = gauge('test_height', 'What is known')
let read: () => Promise<number>
onScrape(
  'the depth',
  () => read(),
  (metres) => depth.set(metres),
  depth.forget,
)

test('what is read is what is shown, each time anew', async () => {
  for (const metres of [3, 4]) {
    read = async () => metres
    expect(await metricsText()).toMatch(new RegExp(`^visage_test_depth ${metres}$`, 'm'))
  }
})

test.each([
  ['cannot be read', () => Promise.reject(new Error('away'))],
  ['does not come', () => new Promise<number>(() => {})],
])('what %s is not shown as it was, and all else is', async (_, fails) => {
  vi.useFakeTimers()
  height.set(7)
  read = async () => 3
  expect(await metricsText()).toMatch(/^visage_test_depth 3$/m)
  read = fails
  const answer = metricsText()
  await vi.runAllTimersAsync()
  expect(await answer).not.toMatch(/^visage_test_depth/m)
  expect(await answer).toMatch(/^visage_test_height 7$/m)
})
