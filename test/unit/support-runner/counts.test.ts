import { describe, expect, test } from 'vitest'
import { summaryLine } from '../../../bin/test-result.mjs'
import { countTests, type FileReport } from '../../support/runner/file-report.ts'
import { skipGroups, skipReason } from '../../support/runner/skips.ts'

const file = (name: string, rest: Partial<FileReport>): FileReport => ({
  file: name,
  failedSuites: 0,
  tests: [],
  ...rest,
})

describe('the counts', () => {
  test('each test has its state', () => {
    const states = ['passed', 'passed', 'failed', 'skipped', 'pending'] as const
    const files = [file('a', { tests: states.map((state) => ({ state })) })]
    expect(countTests(files, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 })
  })

  test('a file that does not load and an unhandled error are failures', () => {
    expect(countTests([file('a', { failedSuites: 1 })], 2)).toMatchObject({ failed: 3 })
  })

  test('the summary is one line of plain ASCII', () => {
    expect(summaryLine({ passed: 1200, failed: 0, skipped: 3 })).toBe(
      '1200 passed, 0 failed, 3 skipped',
    )
  })
})

describe('the reason of a skip', () => {
  const skipped = { note: undefined, names: ['a test'], suiteFailed: false, selective: false }
  test.each([
    [{}, 'no reason given (add it in parentheses at the end of the test name)'],
    [{ note: 'no moon' }, 'no moon'],
    [{ names: ['charts (no Helm found: put one on the PATH)', 'a test'] }, /^no Helm found: put/],
    [
      { names: ['charts', 'a (big) test'] },
      'no reason given (add it in parentheses at the end of the test name)',
    ],
    [{ suiteFailed: true }, 'a hook of the suite failed (see the failures above)'],
    [{ selective: true }, 'the name does not match the selection'],
    [{ selective: true, note: 'no moon' }, 'no moon'],
  ])('%o: %s', (rest, reason) => {
    expect(skipReason({ ...skipped, ...rest })).toMatch(reason)
  })

  test('groups tests of several files, the most frequent first', () => {
    const skip = (reason: string) => ({ state: 'skipped' as const, reason })
    const files = [
      file('a', { tests: [skip('no Helm found'), skip('no moon'), { state: 'passed' }] }),
      file('b', { tests: [skip('no moon'), skip('no moon')] }),
    ]
    expect(skipGroups(files)).toEqual([
      { reason: 'no moon', count: 3, files: ['a', 'b'] },
      { reason: 'no Helm found', count: 1, files: ['a'] },
    ])
  })
})
