import {
  firstRevisionOfMillisecond,
  isRevision,
  makeRevision,
  millisecondPrefix,
  revisionTime,
  successor,
} from '@visage/shared/avatar/revision'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRevision } from '../../../support/domain/brands.ts'

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const randoms = fc.uint8Array({ minLength: 10, maxLength: 10 })
const zeros = new Uint8Array(10)
const ones = new Uint8Array(10).fill(0xff)

test('the time is stored to the millisecond', () => {
  fc.assert(
    fc.property(times, randoms, (time, random) => {
      const revision = makeRevision(time, random)
      expect(isRevision(revision)).toBe(true)
      expect(revisionTime(revision).getTime()).toBe(time)
    }),
  )
})

test('revisions sort as text in the order of their times', () => {
  fc.assert(
    fc.property(times, times, randoms, randoms, (a, b, x, y) => {
      fc.pre(a !== b)
      expect(makeRevision(a, x) < makeRevision(b, y)).toBe(a < b)
    }),
  )
})

test('a later millisecond is later regardless of the random bytes', () => {
  for (const time of [0, 0xff, 0xffff, 0xffff_ffff, Date.now(), 2 ** 48 - 2])
    expect(makeRevision(time, ones) < makeRevision(time + 1, zeros)).toBe(true)
})

test('the layout matches the example in RFC 9562, appendix A.6', () => {
  const random = Buffer.from('0cc3' + '18c4dc0c0c07398f', 'hex')
  expect(makeRevision(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
})

test('version and variant use six bits, and every other random bit is kept', () => {
  expect(makeRevision(0, ones)).toBe('00000000-0000-7fff-bfff-ffffffffffff')
  expect(makeRevision(0, zeros)).toBe('00000000-0000-7000-8000-000000000000')
})

test('two revisions of one time differ by their random bytes', () => {
  const made = new Set<string>()
  for (let bit = 0; bit < 80; bit++) {
    const random = new Uint8Array(10)
    random[bit >> 3] = 1 << (bit & 7)
    made.add(makeRevision(1, random))
  }
  // The six bits that give way make six of the eighty fall together with the plain one.
  expect(made.size).toBe(75)
})

test.each([
  ['a UUID of version 4', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f'],
  ['another variant', '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f'],
  [
    'upper case, which would be a second name for the same one',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
  ],
  ['no hyphens', '017f22e279b07cc398c4dc0c0c07398f'],
  ['braces', '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}'],
  ['a line feed at the end', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n'],
  ['a path before it', '../017f22e2-79b0-7cc3-98c4-dc0c0c07398f'],
  ['one digit less', '017f22e2-79b0-7cc3-98c4-dc0c0c07398'],
  ['no digits', 'gggggggg-gggg-7ggg-8ggg-gggggggggggg'],
  ['nothing', ''],
  ['not text', 17],
  ['a list that prints as one', ['017f22e2-79b0-7cc3-98c4-dc0c0c07398f']],
  ['undefined', undefined],
])('%s is not a revision', (_, value) => {
  expect(isRevision(value)).toBe(false)
})

describe('the successor of a revision', () => {
  const steps = fc.integer({ min: 1, max: 2 ** 32 })

  test('is a later revision of the same millisecond', () => {
    fc.assert(
      fc.property(times, randoms, steps, (time, random, step) => {
        const revision = makeRevision(time, random)
        const next = successor(revision, step)
        fc.pre(next !== undefined && time < 2 ** 48 - 1)
        expect(isRevision(next)).toBe(true)
        expect(next > revision).toBe(true)
        expect(revisionTime(next).getTime()).toBe(time)
        expect(next < makeRevision(time + 1, zeros)).toBe(true)
      }),
    )
  })

  test('of a successor is the successor by the sum', () => {
    fc.assert(
      fc.property(randoms, steps, steps, (random, one, other) => {
        const revision = makeRevision(1, random)
        const there = successor(revision, one)
        expect(there && successor(there, other)).toBe(successor(revision, one + other))
      }),
    )
  })

  test.each([
    ['00000000-0001-7000-8000-000000000000', 1, '00000000-0001-7000-8000-000000000001'],
    ['00000000-0001-7000-8000-ffffffffffff', 1, '00000000-0001-7000-8001-000000000000'],
    ['00000000-0001-7000-bfff-ffffffffffff', 1, '00000000-0001-7001-8000-000000000000'],
    ['00000000-0001-7ffe-bfff-ffffffffffff', 3, '00000000-0001-7fff-8000-000000000002'],
    ['00000000-0001-7fff-bfff-fffffffffffe', 1, '00000000-0001-7fff-bfff-ffffffffffff'],
  ])('of %s by %i is %s: it carries over version and variant', (revision, step, next) => {
    expect(successor(asRevision(revision), step)).toBe(next)
  })

  test('is undefined at the end of the millisecond', () => {
    expect(successor(makeRevision(1, ones), 1)).toBeUndefined()
    expect(successor(asRevision('00000000-0001-7fff-bfff-fffffffffffe'), 2)).toBeUndefined()
  })
})

test('the revisions of a millisecond, and no others, share its prefix', () => {
  fc.assert(
    fc.property(times, times, randoms, randoms, (time, other, x, y) => {
      const [a, b] = [makeRevision(time, x), makeRevision(other, y)]
      expect(a.startsWith(millisecondPrefix(a))).toBe(true)
      expect(b.startsWith(millisecondPrefix(a))).toBe(time === other)
      expect(firstRevisionOfMillisecond(a)).toBe(makeRevision(time, zeros))
    }),
  )
})
