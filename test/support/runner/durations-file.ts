import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Durations } from './estimate.ts'

const fileIn = (root: string): string =>
  join(root, 'node_modules', '.cache', 'visage', 'test-durations.json')

/** The seconds that each test file took when it last ran to its end. */
export function readDurations(root: string): Durations {
  try {
    return JSON.parse(readFileSync(fileIn(root), 'utf8'))
  } catch {
    return {}
  }
}

/** Keeps the durations of files that this run did not have. */
export function writeDurations(root: string, ended: Durations): void {
  const file = fileIn(root)
  const draft = `${file}.${process.pid}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(draft, JSON.stringify({ ...readDurations(root), ...ended }))
  renameSync(draft, file)
}
