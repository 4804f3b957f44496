import { describe, expect, test } from 'vitest'
import { finalReport } from '../../support/runner/all/final-report.ts'
import { readSelection } from '../../support/runner/all/parts.ts'

describe('the arguments of npm run test:all', () => {
  test.each([
    ['none: all parts', [], ['fast', 'slow', 'node24']],
    ['some, in the order of the parts', ['node24', 'slow'], ['slow', 'node24']],
  ])('%s', (_, args, parts) => {
    expect(readSelection(args)).toEqual({ parts, results: [] })
  })

  test('earlier results', () => {
    expect(readSelection(['slow', '--result=/tmp/a'])).toEqual({
      parts: ['slow'],
      results: ['/tmp/a'],
    })
  })

  test('an unknown part', () => {
    expect(() => readSelection(['quick'])).toThrow('Unknown part "quick". Valid parts: fast, slow')
  })
})

test('the final report has the failures first and the totals last', () => {
  const fast = {
    title: 'Fast tier',
    seconds: 61,
    passed: 7,
    failed: 0,
    skipped: 1,
    interrupted: false,
    failures: '',
    slowest: [{ file: 'a.test.ts', seconds: 2 }],
  }
  const slow = {
    ...fast,
    title: 'Slow tier',
    failed: 2,
    interrupted: true,
    failures: 'Error: lost\n',
    slowest: [{ file: 'b.test.ts', seconds: 3 }],
  }
  expect(finalReport([fast, slow])).toBe(`== Failures: Slow tier ==
Error: lost

Slowest files:
      3.0 s  b.test.ts, Slow tier
      2.0 s  a.test.ts, Fast tier

Fast tier  7 passed, 0 failed, 1 skipped in 1 min 1 s
Slow tier  7 passed, 2 failed, 1 skipped in 1 min 1 s, interrupted
14 passed, 2 failed, 2 skipped
`)
})
