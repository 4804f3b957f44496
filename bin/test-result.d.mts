import type { Ended } from './run.mjs'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface FileTime {
  readonly file: string
  readonly seconds: number
}

export interface TestResult extends TestCounts {
  readonly interrupted: boolean
  /** The errors as they were printed. */
  readonly failures: string
  /** The files that took longest, the slowest first. */
  readonly slowest: readonly FileTime[]
}

export function summaryLine(counts: TestCounts): string
export function readResult(file: string, failure: string): TestResult
export function endedEarly(program: string, ended: Ended): string
export function completeResult(file: string, exitCode: number, failure: string): TestResult
