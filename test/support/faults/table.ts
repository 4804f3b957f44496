import { groupBy } from './group.ts'

/** Result of one case: a row of the table. */
export interface FaultRow {
  readonly fault: string
  /** Number of times that the case caused the fault. */
  readonly times: number
  readonly accepted: number
  readonly lost: number
  readonly wrong: number
  readonly leftovers: number
  /** Milliseconds from the fault to the last outcome after it. */
  readonly recovery: number
}

const columns: readonly (readonly [string, (row: FaultRow) => string])[] = [
  ['case', (row) => row.fault],
  ['times run', (row) => `${row.times}`],
  ['accepted', (row) => `${row.accepted}`],
  ['lost', (row) => `${row.lost}`],
  ['wrong winner', (row) => `${row.wrong}`],
  ['leftovers', (row) => `${row.leftovers}`],
  ['slowest recovery', (row) => `${(row.recovery / 1000).toFixed(1)} s`],
]

/** Formats the rows as an aligned table, with one line for each fault and a last line for the totals. */
export function faultTable(rows: readonly FaultRow[]): string {
  const cases = [...groupBy(rows, (row) => row.fault)].map(([fault, same]) => sum(fault, same))
  const lines = [...cases, sum('all', cases)].map((row) => columns.map(([, cell]) => cell(row)))
  const table = [columns.map(([title]) => title), ...lines]
  const widths = columns.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
  const aligned = (line: readonly string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  const [head = [], ...body] = table
  return [head, rule, ...body.slice(0, -1), rule, ...body.slice(-1)]
    .map((line) => `${aligned(line).join('  ')}\n`)
    .join('')
}

function sum(fault: string, rows: readonly FaultRow[]): FaultRow {
  const total = (cell: (row: FaultRow) => number) => rows.reduce((all, row) => all + cell(row), 0)
  return {
    fault,
    times: total((row) => row.times),
    accepted: total((row) => row.accepted),
    lost: total((row) => row.lost),
    wrong: total((row) => row.wrong),
    leftovers: total((row) => row.leftovers),
    recovery: Math.max(0, ...rows.map((row) => row.recovery)),
  }
}
