import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renew } from '../../../bench/support/document.ts'

const document = readFileSync(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8')
const order = [...document.matchAll(/^## (.*)$/gm)].map(([, part]) => String(part))
const last = String(order.at(-1))

test('a document without new measurements is not changed', () => {
  expect(renew(document, order, new Map())).toBe(document)
})

test('a new measurement replaces its section and keeps the others', () => {
  const made = renew(document, order, new Map([[last, `## ${last}\n\nanew\n`]]))
  expect(made).toBe(`${document.slice(0, document.indexOf(`## ${last}\n`))}## ${last}\n\nanew\n`)
})

test('a part that has no section yet gets one, in its place among the others', () => {
  const made = renew(document, ['new', ...order], new Map([['new', '## new\n\nanew\n']]))
  expect(made.replace('## new\n\nanew\n\n', '')).toBe(document)
})
