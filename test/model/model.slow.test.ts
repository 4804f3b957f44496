import { afterAll, beforeAll, test, vi } from 'vitest'
import { expectKept } from '../support/model/promises.ts'
import * as time from '../support/model/time.ts'

vi.mock('node:timers/promises', async () => ({
  setTimeout: (await import('../support/model/time.ts')).delay,
}))

/** `SEQUENCES=100000 npm test -- test/model/model.slow.test.ts` searches for longer. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 10_000)

beforeAll(() => time.stop())
afterAll(() => time.resume())

test(
  'no accepted upload is lost and the newest change wins with random faults',
  {
    timeout: 3_600_000,
  },
  () => expectKept(SEQUENCES),
)
