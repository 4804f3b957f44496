import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Effort, Report } from './part.ts'

/** Folder of the results. */
const FOLDER = process.env.BENCH_RESULTS || fileURLToPath(new URL('../results/', import.meta.url))

/** A report with the machine and the time (`at`, RFC 3339) of the measurement. */
export interface Result extends Report {
  readonly part: string
  readonly what: string
  readonly effort: Effort
  readonly at: string
  readonly machine: ReturnType<typeof machine>
}

/** Writes a report and the machine to a file. @returns the path of the file */
export function store(result: Omit<Result, 'at' | 'machine'>): string {
  const at = new Date().toISOString()
  const file = join(FOLDER, `${result.part}-${at.replaceAll(':', '')}.json`)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, JSON.stringify({ ...result, at, machine: machine() }, null, 2))
  return file
}

/** The newest full result of a part; `undefined` if there is none. */
export function latest(part: string): Result | undefined {
  const names = readdirSync(FOLDER).filter((name) => /^([\w-]+?)-\d{4}-/.exec(name)?.[1] === part)
  const results = names
    .toSorted()
    .map((name): Result => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')))
  return results.findLast(({ effort }) => effort === 'full')
}

export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    'memory, GiB': Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips ?? 'unknown',
  }
}
