// The file in which the reporter of the tests leaves its result, and the line that states it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** CI reads this line: the last one of the output, in plain ASCII. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** The result in the file. Without one, the run counts as one failure. */
export function readResult(file) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const failures = 'The test run ended before it wrote its result.\n'
  return { passed: 0, failed: 1, skipped: 0, interrupted: false, failures, slowest: [] }
}

/** A run that ends with an error after its report has failed all the same. */
export function settleResult(file, exitCode) {
  const result = readResult(file)
  const failed = exitCode === 0 || result.interrupted ? result.failed : Math.max(1, result.failed)
  const settled = { ...result, failed }
  writeFileSync(file, JSON.stringify(settled))
  return settled
}
