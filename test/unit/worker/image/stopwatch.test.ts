import { expect, test } from 'vitest'
import { Stopwatch } from '../../../../apps/worker/src/image/stopwatch.ts'

test('adds up the times of a repeated step and has no time of a missing one', async () => {
  const watch = new Stopwatch()
  expect(await watch.time('decode', async () => 'pixels')).toBe('pixels')
  const once = watch.seconds.decode ?? Number.NaN
  await watch.time('decode', async () => {})
  expect(watch.seconds.decode).toBeGreaterThan(once)
  expect(Object.keys(watch.seconds)).toEqual(['decode'])
})

test('measures a failed step and rethrows its error', async () => {
  const watch = new Stopwatch()
  const failing = watch.time('inspect', () => Promise.reject(new Error('no picture')))
  await expect(failing).rejects.toThrow('no picture')
  expect(watch.seconds.inspect).toBeGreaterThan(0)
})
