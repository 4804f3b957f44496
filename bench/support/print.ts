import { isMet, type Report, type Row, type Table, type Target } from './part.ts'

/** Formats a report as Markdown, for docs/benchmarks.md and the terminal. */
export function print({ tables, targets, externalServers = [] }: Report): string {
  const blocks = tables.map(printTable)
  if (targets.length > 0) blocks.push(targets.map(printTarget).join('\n'))
  if (externalServers.length > 0) blocks.push(`External servers: ${externalServers.join(', ')}.`)
  return `${blocks.join('\n\n')}\n`
}

export function printTable({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => printCell(row[column])))]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  const numeric = columns.map((column) => rows.every((row) => typeof row[column] === 'number'))
  const line = (line: readonly string[]) =>
    `| ${line.map((cell, i) => pad(cell, widths[i] ?? 0, numeric[i])).join(' | ')} |`
  const rule = widths.map((width, i) => `${'-'.repeat(width - 1)}${numeric[i] ? ':' : '-'}`)
  const [head = [], ...body] = cells
  return [title, '', line(head), line(rule), ...body.map(line)].join('\n')
}

/** Formats a target as a list item, so that Markdown puts each on its own line. */
function printTarget(target: Target): string {
  const { what, value, sense, bound } = target
  return `- ${isMet(target) ? 'met' : 'missed'}: ${what} ${sense} ${bound}, measured ${printCell(value)}`
}

function pad(cell: string, width: number, numeric = false): string {
  return numeric ? cell.padStart(width) : cell.padEnd(width)
}

/** Formats a number with three significant digits, or with all digits of its integer part. */
export function printCell(value: Row[string] = ''): string {
  if (typeof value === 'string') return value
  const size = Math.abs(value)
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toFixed(digits)
}
