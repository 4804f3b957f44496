import fc from 'fast-check'
import { expect } from 'vitest'
import { operations } from './operations.ts'
import { type Census, run } from './sequence.ts'

/** Expects that the promises of docs/guarantees.md hold in a number of random histories. Time must be stopped. */
export async function expectKept(histories: number): Promise<void> {
  const census: Census = {}
  let done = 0
  const property = fc.asyncProperty(operations, async (sequence) => {
    done++
    expect(await run(sequence, { census })).toEqual([])
  })
  await fc.assert(property, { numRuns: histories })
  expect(done).toBe(histories)
  for (const outcome of ['ready', 'rejected', 'superseded'])
    expect(census[outcome], `uploads that were ${outcome}`).toBeGreaterThan(histories / 4)
}
