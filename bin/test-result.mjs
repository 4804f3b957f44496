// The file in which the reporter of the tests leaves its result, and the line that states it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** CI reads this line: the last one of the output, in plain ASCII. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** The result in the file. Without one, the run counts as one failure, which `failure` explains. */
export function readResult(file, failure) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const failures = `${failure}\n`
  return { passed: 0, failed: 1, skipped: 0, interrupted: false, failures, slowest: [] }
}

export function endedEarly(program, { code, signal }) {
  const how = signal ? `was killed by ${signal}` : `exited with code ${code}`
  return `${program} ${how} before it reported a result.`
}

/** Adds what the exit code shows: a run that exits with an error after its report has failed. */
export function completeResult(file, exitCode, failure) {
  const result = readResult(file, failure)
  const failed = exitCode === 0 || result.interrupted ? result.failed : Math.max(1, result.failed)
  const complete = { ...result, failed }
  writeFileSync(file, JSON.stringify(complete))
  return complete
}
