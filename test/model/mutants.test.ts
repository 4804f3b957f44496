import { rawKey } from '@visage/shared/avatar/keys'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { asUploadId } from '../support/domain/brands.ts'
import { operations } from '../support/model/operations.ts'
import { run } from '../support/model/sequence.ts'
import type { Service } from '../support/model/service.ts'
import * as time from '../support/model/time.ts'

vi.mock('node:timers/promises', async () => ({
  setTimeout: (await import('../support/model/time.ts')).delay,
}))

beforeAll(() => time.stop())
afterAll(() => time.resume())

type Tamper = (service: Service) => void

/** A store that says it has the upload, and does not. */
const forgetful: Tamper = ({ bucket }) => {
  const put = bucket.put.bind(bucket)
  bucket.put = (key, ...rest) => {
    if (!key.startsWith(rawKey(asUploadId('')))) put(key, ...rest)
  }
}

const blind: Tamper = ({ rows }) => {
  rows.page = () => []
  rows.findReferenced = () => new Set()
}

const backwards: Tamper = ({ jobs }) => {
  let now = Date.now()
  jobs.time = () => now--
}

const mutants: readonly (readonly [name: string, sign: RegExp, tamper: Tamper])[] = [
  ['a last-finisher-wins store', /went back to/, ({ rows }) => (rows.isWon = () => true)],
  ['a first-finisher-wins store', /shows .+ and not/, ({ rows }) => (rows.isWon = () => false)],
  [
    'an outcome that is overwritten',
    /was .+ and became/,
    ({ rows }) => (rows.isFinal = () => false),
  ],
  [
    'a sweep with an empty listing',
    /is lost|is processing/,
    ({ bucket }) => (bucket.page = () => []),
  ],
  [
    'a purge of shown pictures',
    /is missing/,
    ({ rows }) =>
      (rows.due = () => [...rows.avatars.values()].map((row) => ({ ...row, removed: false }))),
  ],
  [
    'crashes that are not counted',
    /crashed \d+ times/,
    ({ rows }) => (rows.withCrash = (_, start) => [start]),
  ],
  [
    'a removal that keeps the quarantine',
    /quarantine.+ holds/,
    ({ rows }) => (rows.isRemoved = () => false),
  ],
  [
    'a rerender that replaces a newer change',
    /went back to|shows .+ and not/,
    ({ rows }) => (rows.isDue = () => true),
  ],
  ['originals that are not copied', /originals.+ holds/, ({ bucket }) => (bucket.copy = () => {})],
  ['an audit without rows and references', /is missing/, blind],
  ['a store that forgets uploads', /was never accepted/, forgetful],
  ['a clock that runs backwards', /is not newer than/, backwards],
]

test.each(mutants)('the model detects %s', async (_, sign, tamper) => {
  const property = fc.asyncProperty(operations, async (sequence) => {
    const broken = await run(sequence, { tamper })
    return !broken.some((line) => sign.test(line))
  })
  const { failed } = await fc.check(property, { seed: 9, numRuns: 5000, endOnFailure: true })
  expect(failed).toBe(true)
})
