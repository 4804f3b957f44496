import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(`${root}docs/library-internals.md`, 'utf8')

/** The cells of each row of the table. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| library'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

const cases = rows.map(([, library = '', version = '', internal = '', file = '', , test = '']) => ({
  ...{ library, version, internal, file, test },
}))

/** `3.3` for knex 3.3.0. */
function installed(library: string, file: string): string {
  const require = createRequire(`${root}${file}`)
  const folders = require.resolve.paths(library) ?? []
  const found = folders.map((one) => `${one}/${library}/package.json`).find(existsSync)
  const { version } = JSON.parse(readFileSync(found ?? '', 'utf8')) as { version: string }
  return version.split('.').slice(0, 2).join('.')
}

test('the table has rows', () => {
  expect(cases.length).toBeGreaterThan(10)
})

describe.each(cases)('$library: $internal', ({ library, version, internal, file, test: guard }) => {
  test('is used in the file that the table names', () => {
    expect(readFileSync(`${root}${file}`, 'utf8')).toContain(internal)
  })

  test('has a test', () => {
    expect(existsSync(`${root}${guard}`)).toBe(true)
  })

  if (library === 'node') return

  test('is listed for the installed version', () => {
    expect(installed(library, file)).toBe(version)
  })
})
