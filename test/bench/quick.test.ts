import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { Result } from '../../bench/support/store.ts'

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))

/** Of the parts that have one. */
const PARTS = ['accept', 'backlog', 'latency', 'memory', 'render', 'scale', 'serve']

async function bench(...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'visage-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const command = ['--import', 'tsx', '--conditions=source', MAIN, ...args]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, BENCH_RESULTS: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill())
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  const results = readdirSync(folder).map(
    (name): Result => JSON.parse(readFileSync(join(folder, name), 'utf8')),
  )
  return { code, output, errors, results }
}

test('each part has a quick form that measures all that the full one does', {
  timeout: 600_000,
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
  expect(output).toMatch(/^- (met|short of): /m)
})

test('a part that is none is refused with those that there are', async () => {
  const { code, errors } = await bench('--quick', 'everything')
  expect(code).toBe(2)
  expect(errors).toContain(PARTS[0])
})
