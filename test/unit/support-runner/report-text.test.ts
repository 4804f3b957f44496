import { describe, expect, test } from 'vitest'
import {
  progressText,
  skipsText,
  slowestFiles,
  slowestText,
  timesText,
  unfinishedText,
} from '../../support/runner/report-text.ts'

describe('the slowest files', () => {
  test('are ten at most, the slowest first', () => {
    const durations = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`file ${i}`, i]))
    const slowest = slowestFiles(durations)
    expect(slowest).toHaveLength(10)
    expect(slowest[0]).toEqual({ file: 'file 11', seconds: 11 })
  })

  test('have a line each', () => {
    expect(slowestText([{ file: 'a.test.ts', seconds: 61.25 }])).toBe(
      'Slowest files:\n     61.3 s  a.test.ts\n',
    )
    expect(slowestText([])).toBe('')
  })
})

describe('the skipped tests', () => {
  test('have a reason and its files', () => {
    expect(skipsText([{ reason: 'no Helm found', count: 3, files: ['a.test.ts'] }])).toBe(
      'Skipped tests:\n        3    no Helm found\n             a.test.ts\n',
    )
  })

  test('name a few of many files', () => {
    const files = ['a', 'b', 'c', 'd', 'e', 'f']
    expect(skipsText([{ reason: 'no Helm found', count: 6, files }])).toMatch(
      /\bd\n\s+and 2 more files\n$/,
    )
  })

  test('are not mentioned where there are none', () => {
    expect(skipsText([])).toBe('')
  })
})

test('the times have a total', () => {
  expect(timesText({ install: 30, build: 4.25, tests: 120 })).toBe(
    'Time: 2 min 34 s (install 30.0 s, build 4.3 s, tests 120.0 s)\n',
  )
})

describe('the progress', () => {
  const begun = { done: 3, files: 9, failedFiles: 0, secondsLeft: undefined }
  test.each([
    [{}, '3 of 9 test files done'],
    [{ files: 1, done: 0 }, '0 of 1 test file done'],
    [{ failedFiles: 2 }, '3 of 9 test files done, 2 files failed'],
    [{ secondsLeft: 0.2 }, '3 of 9 test files done, about 5 s left'],
    [{ secondsLeft: 71 }, '3 of 9 test files done, about 75 s left'],
    [{ secondsLeft: 170 }, '3 of 9 test files done, about 3 min left'],
  ])('%o: %s', (state, text) => {
    expect(progressText({ ...begun, ...state })).toBe(text)
  })
})

describe('the files without an end', () => {
  test('are named', () => {
    const text = unfinishedText({ waiting: [], running: { 'a.test.ts': 4 } }, false)
    expect(text).toBe(
      'The test process stopped while these files ran. Run each alone: npm test -- <path>\n  a.test.ts\n',
    )
  })

  test('are followed by the interruption', () => {
    expect(unfinishedText({ waiting: ['b', 'c'], running: {} }, true)).toBe(
      'Interrupted. 2 test files did not start.\n',
    )
    expect(unfinishedText({ waiting: [], running: {} }, false)).toBe('')
  })
})
