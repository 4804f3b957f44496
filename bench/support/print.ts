import { isMet, type Report, type Row, type Table, type Target } from './part.ts'

/** A report as Markdown, which reads well on a terminal too. */
export function print({ tables, targets, given = [] }: Report): string {
  const blocks = tables.map(printTable)
  if (targets.length > 0) blocks.push(targets.map(printTarget).join('\n'))
  if (given.length > 0) blocks.push(`On servers that were given: ${given.join(', ')}.`)
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

/** A list item, so that each has a line of its own in Markdown too. */
function printTarget(target: Target): string {
  const { what, value, sense, bound } = target
  return `- ${isMet(target) ? 'met' : 'short of'}: ${what} ${sense} ${bound}, measured ${printCell(value)}`
}

function pad(cell: string, width: number, numeric = false): string {
  return numeric ? cell.padStart(width) : cell.padEnd(width)
}

/** Three digits that count, and never fewer than the whole part has. */
export function printCell(value: Row[string] = ''): string {
  if (typeof value === 'string') return value
  const size = Math.abs(value)
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toFixed(digits)
}
