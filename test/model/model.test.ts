import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { operations } from '../support/model/operations.ts'
import { newPicture } from '../support/model/picture.ts'
import { type Census, run } from '../support/model/sequence.ts'
import { Service } from '../support/model/service.ts'
import * as time from '../support/model/time.ts'

vi.mock('node:timers/promises', async () => ({
  setTimeout: (await import('../support/model/time.ts')).delay,
}))

/** `SEQUENCES=100000 npm test -- test/model` searches for longer. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 4000)

beforeAll(() => time.stop())
afterAll(() => time.resume())

test('whatever breaks, nothing accepted is lost and the newest change wins', async () => {
  const census: Census = {}
  let sequences = 0
  const property = fc.asyncProperty(operations, async (sequence) => {
    sequences++
    expect(await run(sequence, { census })).toEqual([])
  })
  await fc.assert(property, { numRuns: SEQUENCES })
  process.stdout.write(`${sequences} sequences; uploads: ${JSON.stringify(census)}\n`)
  expect(sequences).toBe(SEQUENCES)
  for (const outcome of ['ready', 'rejected', 'superseded'])
    expect(census[outcome], `uploads that were ${outcome}`).toBeGreaterThan(SEQUENCES / 4)
}, 600_000)

test('an upload is answered though the queue never answers', async () => {
  time.reset()
  const service = new Service()
  const put = await service.put('alice', newPicture('good'))
  for (const _ of ['clock', 'put']) for (const call of [...put.calls]) await service.answer(call)
  expect(put.calls.map(({ name }) => name)).toEqual(['add'])
  await service.wait(1000)
  expect(service.requests[0]?.context.body).toEqual({ code: 0, msg: '' })
})
