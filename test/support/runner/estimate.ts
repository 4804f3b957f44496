/** Seconds by the key of a test file. */
export type Durations = Readonly<Record<string, number>>

/** How far a run is. */
export interface RunState {
  /** Files that have not begun. */
  readonly waiting: readonly string[]
  /** Seconds so far of the files that run. */
  readonly running: Durations
  /** Seconds of the files that ended in this run. */
  readonly ended: Durations
  /** Seconds since the first file began. */
  readonly elapsed: number
  readonly workers: number
}

/** The start of a worker takes time between two files. More than this factor is a measuring error. */
const MAX_OVERHEAD = 3

/**
 * Estimates the seconds until the last file ends. A file that the previous run did not have counts as that
 * run's median. Without a previous run, every file counts as the mean of those that ended.
 * @returns undefined while no duration of any file is known
 */
export function secondsLeft(state: RunState, previous: Durations): number | undefined {
  const { waiting, running, ended } = state
  const typical = medianOf(Object.values(previous)) ?? meanOf(Object.values(ended))
  if (typical === undefined) return undefined
  const expected = (file: string) => previous[file] ?? typical
  const remaining = [
    ...waiting.map(expected),
    ...Object.entries(running).map(([file, seconds]) => Math.max(0, expected(file) - seconds)),
  ]
  const workers = Math.max(1, Math.min(state.workers, remaining.length))
  const shared = (sum(remaining) / workers) * overhead(state)
  return Math.max(shared, ...remaining)
}

/** How much longer the workers took than the files that they ran, as a factor. */
function overhead({ running, ended, elapsed, workers }: RunState): number {
  const files = Object.values(ended)
  if (files.length < 2 * workers) return 1
  const busy = sum([...files, ...Object.values(running)])
  return Math.min(MAX_OVERHEAD, Math.max(1, (elapsed * workers) / busy))
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length > 0 ? sum(values) / values.length : undefined
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
