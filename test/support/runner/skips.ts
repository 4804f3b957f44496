import type { FileReport } from './file-report.ts'

/** What is known of a skipped test. */
export interface SkippedTest {
  /** The text that the test itself gave: `context.skip('…')`. */
  readonly note: string | undefined
  /** The names of what is skipped: its suites, the outermost first, then the test. */
  readonly names: readonly string[]
  /** Whether a hook of one of its suites threw. */
  readonly suiteFailed: boolean
  /** Whether the run selects tests by name. */
  readonly selective: boolean
}

const NOT_SELECTED = 'the name does not match the selection'
const NO_REASON = 'no reason given (add it in parentheses at the end of the test name)'
const SUITE_FAILED = 'a hook of the suite failed (see the failures above)'

/** A skipped test or suite states its reason at the end of its name: `dashboard (no Chromium found)`. */
const REASON_IN_NAME = /\(([^()]+)\)$/

export function skipReason({ note, names, suiteFailed, selective }: SkippedTest): string {
  if (suiteFailed) return SUITE_FAILED
  const named = names.map((name) => REASON_IN_NAME.exec(name)?.[1]).find(Boolean)
  return note ?? named ?? (selective ? NOT_SELECTED : NO_REASON)
}

export interface SkipGroup {
  readonly reason: string
  readonly count: number
  /** None where tests are selected by name: that skips most tests of every file. */
  readonly files: readonly string[]
}

/** Groups the skipped tests by their reasons, the most frequent first. */
export function skipGroups(files: readonly FileReport[]): SkipGroup[] {
  const groups = new Map<string, { count: number; files: Set<string> }>()
  for (const { file, tests } of files) {
    for (const { state, reason = NO_REASON } of tests) {
      if (state !== 'skipped') continue
      const group = groups.get(reason) ?? { count: 0, files: new Set() }
      groups.set(reason, { count: group.count + 1, files: group.files.add(file) })
    }
  }
  return [...groups]
    .map(([reason, group]) => ({
      reason,
      count: group.count,
      files: reason === NOT_SELECTED ? [] : [...group.files],
    }))
    .sort((a, b) => b.count - a.count)
}
