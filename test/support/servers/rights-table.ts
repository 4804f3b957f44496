import { readFileSync } from 'node:fs'

const document = new URL('../../../docs/security.md', import.meta.url)
const TABLE = /\| who \| may \| on \|\n\|[-|]+\|\n((?:\|.*\|\n)+)/

/** Programs that have a key of their own. */
export const programs = ['API', 'worker', 'audit'] as const

/** Returns the rights of this program in docs/security.md, in the form `s3:GetObject raw/*`. */
export function grantedTo(who: (typeof programs)[number]): Set<string> {
  const [, rows = ''] = TABLE.exec(readFileSync(document, 'utf8')) ?? []
  const cells = rows
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
  const mine = cells.filter(([, names = '']) => names.split(', ').includes(who))
  return new Set(
    mine.flatMap(([, , may = '', on = '']) =>
      words(may).flatMap((right) => words(on).map((place) => `${right} ${place}`)),
    ),
  )
}

const words = (cell: string) => cell.replaceAll('`', '').split(', ')
