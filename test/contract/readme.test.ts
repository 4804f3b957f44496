import { expect, test } from 'vitest'
import { readmeTable, settingsTable } from '../support/settings-table.ts'

test("README's table of settings is what the code reads; `npm run docs` writes it", () => {
  expect(readmeTable()).toBe(settingsTable())
})
