import type { FileTime } from '../../../bin/test-result.mjs'
import type { Durations, RunState } from './estimate.ts'
import type { SkipGroup } from './skips.ts'

/** How many files the list of the slowest has. */
const SLOWEST = 10

/** How many files a reason for skips names. */
const FILES_OF_SKIP = 5

export function slowestFiles(durations: Durations): FileTime[] {
  return slowestOf(Object.entries(durations).map(([file, seconds]) => ({ file, seconds })))
}

export function slowestOf(times: readonly FileTime[]): FileTime[] {
  return times.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)
}

export function slowestText(slowest: readonly FileTime[]): string {
  if (slowest.length === 0) return ''
  const lines = slowest.map(({ file, seconds }) => `${oneDecimal(seconds).padStart(9)} s  ${file}`)
  return `Slowest files:\n${lines.join('\n')}\n`
}

export function skipsText(groups: readonly SkipGroup[]): string {
  if (groups.length === 0) return ''
  const lines = groups.flatMap(({ reason, count, files }) => [
    `${`${count}`.padStart(9)}    ${reason}`,
    ...shortened(files).map((file) => `             ${file}`),
  ])
  return `Skipped tests:\n${lines.join('\n')}\n`
}

function shortened(files: readonly string[]): readonly string[] {
  if (files.length <= FILES_OF_SKIP) return files
  const shown = files.slice(0, FILES_OF_SKIP - 1)
  return [...shown, `and ${files.length - shown.length} more files`]
}

/** Seconds of each part of a run, in order. */
export function timesText(parts: Readonly<Record<string, number>>): string {
  const total = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0)
  const each = Object.entries(parts).map(([part, seconds]) => `${part} ${oneDecimal(seconds)} s`)
  return `Time: ${durationText(total)} (${each.join(', ')})\n`
}

/** Names the files that ran when the run was interrupted, or whose workers died. */
export function unfinishedText(
  { waiting, running }: Pick<RunState, 'waiting' | 'running'>,
  interrupted: boolean,
): string {
  const files = Object.keys(running)
  const lines = files.map((file) => `  ${file}\n`).join('')
  if (!interrupted) {
    const cause =
      'The test process stopped while these files ran. Run each alone: npm test -- <path>'
    return files.length > 0 ? `${cause}\n${lines}` : ''
  }
  const unfinished = files.length > 0 ? `Unfinished test files:\n${lines}` : ''
  return `Interrupted. ${counted(waiting.length, 'test file')} did not start.\n${unfinished}`
}

export interface Progress {
  readonly done: number
  readonly files: number
  readonly failedFiles: number
  readonly secondsLeft: number | undefined
}

export function progressText({ done, files, failedFiles, secondsLeft }: Progress): string {
  const failed = failedFiles > 0 ? `, ${counted(failedFiles, 'file')} failed` : ''
  const left = secondsLeft === undefined ? '' : `, about ${roughly(secondsLeft)} left`
  return `${done} of ${counted(files, 'test file')} done${failed}${left}`
}

export const failedFileText = (file: string, failures: number): string =>
  `✗ ${file}: ${counted(failures, 'failure')} (details at the end of the run)`

/** "1 file", "2 files". */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** "42.0 s" or "3 min 5 s". */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${oneDecimal(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** To 5 seconds, or to a minute where that is precise enough. */
function roughly(seconds: number): string {
  if (seconds > 90) return `${Math.round(seconds / 60)} min`
  return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`
}

const oneDecimal = (seconds: number): string => seconds.toFixed(1)
