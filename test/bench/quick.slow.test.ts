import { expect, test } from 'vitest'
import { startBench } from '../support/world/bench.ts'

/** Of the parts that have one. */
const PARTS = ['accept', 'backlog', 'latency', 'memory', 'picture', 'render', 'scale', 'serve']

const bench = (...args: string[]) => startBench(args).ended

test('each part has a quick form that measures all that the full one does', {
  timeout: 1_800_000,
}, async () => {
  const { code, output, errors, results } = await bench('--quick')
  expect(code, errors).toBe(0)
  expect(results.map(({ part }) => part).toSorted()).toEqual(PARTS)
  for (const { part, tables, targets } of results) {
    expect(targets.length, part).toBeGreaterThan(0)
    for (const { what, value } of targets) expect(value, what).toEqual(expect.any(Number))
    for (const { title, rows } of tables) {
      expect(rows.length, title).toBeGreaterThan(0)
      for (const cell of rows.flatMap(Object.values)) expect(cell, title).not.toBeNull()
    }
  }
  expect(output).toMatch(/^- (met|missed): /m)
})

test('a part that is none is refused with those that there are', async () => {
  const { code, errors } = await bench('--quick', 'everything')
  expect(code).toBe(2)
  expect(errors).toContain(PARTS[0])
})
