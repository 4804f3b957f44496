import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newPicture } from '../support/model/picture.ts'
import { expectKept } from '../support/model/promises.ts'
import { Service } from '../support/model/service.ts'
import * as time from '../support/model/time.ts'

vi.mock('node:timers/promises', async () => ({
  setTimeout: (await import('../support/model/time.ts')).delay,
}))

beforeAll(() => time.stop())
afterAll(() => time.resume())

test('no accepted upload is lost and the newest change wins with random faults', () =>
  expectKept(500))

test('an upload is answered while the queue never answers', async () => {
  time.reset()
  const service = new Service()
  const put = await service.put('alice', newPicture('good'))
  for (const _ of ['clock', 'put']) for (const call of [...put.calls]) await service.answer(call)
  expect(put.calls.map(({ name }) => name)).toEqual(['add'])
  await service.wait(1000)
  expect(service.requests[0]?.context.body).toEqual({ code: 0, msg: '' })
})
