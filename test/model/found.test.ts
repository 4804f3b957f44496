import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Operation } from '../support/model/operations.ts'
import { run } from '../support/model/sequence.ts'
import * as time from '../support/model/time.ts'

vi.mock('node:timers/promises', async () => ({
  setTimeout: (await import('../support/model/time.ts')).delay,
}))

beforeAll(() => time.stop())
afterAll(() => time.resume())

const ALL = 30
const user = 'alice'
const put = (kind: 'good' | 'poison'): Operation => ({ op: 'put', user, kind, steps: ALL })
/** The next job is taken, and its attempt does so many steps. */
const deliver = (steps: number): Operation => ({ op: 'deliver', worker: 0, steps })
/** What the attempt asks next is answered so. */
const trouble = (how: 'error before' | 'error after'): Operation => ({
  op: 'trouble',
  pick: 0,
  how,
  steps: 0,
})
const stall: Operation = { op: 'stall', pick: 0 }
const lostStart = [deliver(0), trouble('error after')]
const crash = [deliver(ALL), stall]

/** Sequences that the model found, and that broke a promise once. */
test.each<[string, Operation[]]>([
  [
    'a recorded start without an answer is not a crash of the picture',
    [put('good'), ...lostStart, ...lostStart, ...lostStart],
  ],
  [
    'a repeated end of an attempt does not remove another start',
    [
      put('poison'),
      ...crash,
      deliver(1),
      trouble('error before'),
      trouble('error after'),
      { op: 'wait', time: 5000 },
    ],
  ],
  [
    'an upload that is superseded during its rejection is not kept in quarantine',
    [
      put('poison'),
      ...crash,
      ...crash,
      ...crash,
      deliver(2),
      { op: 'reset', user, steps: ALL },
      { op: 'kill', pick: 0, sent: false },
    ],
  ],
])('%s', async (_, sequence) => {
  expect(await run(sequence)).toEqual([])
})
