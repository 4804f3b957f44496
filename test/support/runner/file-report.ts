import type { TestCounts } from '../../../bin/test-result.mjs'

/** What is reported of one test. */
export interface TestReport {
  /** A test that never ended is pending: the run was interrupted, or its worker died. */
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
  /** Why it was skipped. */
  readonly reason?: string
}

/** What is reported of one test file. */
export interface FileReport {
  readonly file: string
  /** Suites whose hooks threw, and the file itself if it did not load. */
  readonly failedSuites: number
  readonly tests: readonly TestReport[]
}

/** Counts each failed test, each failed suite and each unhandled error as one failure. */
export function countTests(files: readonly FileReport[], unhandledErrors: number): TestCounts {
  const tests = files.flatMap((file) => file.tests)
  const count = (state: TestReport['state']) => tests.filter((test) => test.state === state).length
  const suites = files.reduce((total, { failedSuites }) => total + failedSuites, 0)
  return {
    passed: count('passed'),
    failed: count('failed') + suites + unhandledErrors,
    skipped: count('skipped'),
  }
}
