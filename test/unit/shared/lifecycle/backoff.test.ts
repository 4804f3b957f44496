import { backoffDelay } from '@visage/shared/lifecycle/backoff'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const BACKOFF = { base: 100, cap: 1000 }
const attempts = fc.oneof(
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 2 ** 53 - 1 }),
)

test.each([
  [1, 50, 100],
  [2, 100, 200],
  [3, 200, 400],
  [4, 400, 800],
  [5, 500, 1000],
  [6, 500, 1000],
  [1e6, 500, 1000],
])('after attempt %i it is from %i to %i milliseconds', (attempt, least, most) => {
  expect(backoffDelay(attempt, BACKOFF, () => 0)).toBe(least)
  expect(backoffDelay(attempt, BACKOFF, () => 1)).toBe(most)
})

test('never more than the cap, and never less than half of the base', () => {
  const settings = fc.record({
    base: fc.integer({ min: 1, max: 10_000 }),
    cap: fc.integer({ min: 10_000, max: 10_000_000 }),
  })
  fc.assert(
    fc.property(attempts, settings, (attempt, backoff) => {
      const delay = backoffDelay(attempt, backoff)
      expect(delay).toBeLessThanOrEqual(backoff.cap)
      expect(delay).toBeGreaterThanOrEqual(Math.floor(backoff.base / 2))
      expect(Number.isSafeInteger(delay)).toBe(true)
    }),
  )
})

test('a cap below the base applies at once', () => {
  expect(backoffDelay(1, { base: 1000, cap: 10 }, () => 1)).toBe(10)
})

test('concurrent callers get different delays', () => {
  const delays = Array.from({ length: 200 }, () => backoffDelay(5, BACKOFF))
  expect(new Set(delays).size).toBeGreaterThan(50)
})
