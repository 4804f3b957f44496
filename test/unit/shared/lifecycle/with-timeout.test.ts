import { setTimeout as delay } from 'node:timers/promises'
import { DeadlineError, withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { describe, expect, test } from 'vitest'

const DAY = 86_400_000
const never = () => new Promise<never>(() => {})
const withReject = () => {
  let reject = (_: Error) => {}
  const promise = new Promise<never>((_, no) => {
    reject = no
  })
  return { promise, reject: (error: Error) => reject(error) }
}
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('withTimeout', () => {
  test('returns a result within the timeout', async () => {
    expect(await withTimeout('work', 1000, Promise.resolve(7))).toBe(7)
  })

  test('throws the error of work that fails within the timeout', async () => {
    const error = new Error('broken')
    await expect(withTimeout('work', 1000, Promise.reject(error))).rejects.toBe(error)
  })

  test('names the work in the timeout error', async () => {
    const waiting = withTimeout('the stop', 10, never())
    await expect(waiting).rejects.toThrow(DeadlineError)
    await expect(waiting).rejects.toThrow('the stop took longer than 10 ms')
  })

  test.each([
    ['succeeds', () => Promise.resolve(1)],
    ['fails', () => Promise.reject(new Error('broken'))],
    ['is late', () => delay(50, 1, { ref: false })],
  ])('no timer is left where the work %s, so that a process can end', async (_, work) => {
    const before = timers()
    await withTimeout('work', 20, work()).catch(() => {})
    expect(timers()).toBeLessThanOrEqual(before)
  })

  test('a failure after the timeout causes no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const { promise, reject } = withReject()
    await expect(withTimeout('work', 5, promise)).rejects.toThrow(DeadlineError)
    reject(new Error('late'))
    await new Promise(setImmediate)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  test('a timeout above the limit of timers does not expire at once', async () => {
    expect(await withTimeout('work', 30 * DAY, delay(20, 'done'))).toBe('done')
  })
})
