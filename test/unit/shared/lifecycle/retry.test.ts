import { type RetryPolicy, retry } from '@visage/shared/lifecycle/retry'
import { describe, expect, test } from 'vitest'

const POLICY: RetryPolicy = { attempts: 4, base: 1, cap: 2, retryable: () => true }

/** Fails `failures` times, then answers with how often it was called. */
function failing(failures: number, error: unknown = new Error('passing')) {
  const calls = { count: 0 }
  const operation = async () => {
    if (++calls.count <= failures) throw error
    return calls.count
  }
  return { calls, operation }
}

describe('retry', () => {
  test.each([0, 1, 3])('after %i failures it succeeds', async (failures) => {
    expect(await retry(failing(failures).operation, POLICY)).toBe(failures + 1)
  })

  test('throws the last error after its last attempt', async () => {
    const error = new Error('still unavailable')
    const { calls, operation } = failing(4, error)
    await expect(retry(operation, POLICY)).rejects.toBe(error)
    expect(calls.count).toBe(4)
  })

  test('throws an error that is not retryable at once', async () => {
    const { calls, operation } = failing(1)
    await expect(retry(operation, { ...POLICY, retryable: () => false })).rejects.toThrow('passing')
    expect(calls.count).toBe(1)
  })

  test('checks each error for a retry', async () => {
    const asked: unknown[] = []
    const retryable = (error: unknown) => asked.push(error) < 2
    const { calls, operation } = failing(9, 'no error object')
    await expect(retry(operation, { ...POLICY, retryable })).rejects.toBe('no error object')
    expect(asked).toEqual(['no error object', 'no error object'])
    expect(calls.count).toBe(2)
  })

  test('does not retry with a limit of one attempt', async () => {
    const { calls, operation } = failing(1)
    await expect(retry(operation, { ...POLICY, attempts: 1 })).rejects.toThrow('passing')
    expect(calls.count).toBe(1)
  })

  test('waits for the backoff between attempts, not before the first', async () => {
    const times: number[] = []
    const operation = async () => {
      if (times.push(performance.now()) < 3) throw new Error('passing')
    }
    const running = retry(operation, { ...POLICY, base: 40, cap: 40 })
    expect(times).toHaveLength(1)
    await running
    const [first = 0, second = 0, third = 0] = times
    // Timers may fire a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(19)
    expect(third - second).toBeGreaterThanOrEqual(19)
  })
})
