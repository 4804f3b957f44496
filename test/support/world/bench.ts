import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Result } from '../../../bench/support/store.ts'
import type { Environment } from './world.ts'

const MAIN = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url))

/** Variables that would make the benchmarks use servers of the developer. */
const NONE_GIVEN = {
  DATABASE_URL: '',
  REDIS_URL: '',
  S3_ENDPOINT: '',
  S3_ACCESS_KEY: '',
  S3_SECRET_KEY: '',
}

/** Starts `npm run bench` without its set-up. */
export function startBench(args: readonly string[], env: Environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'visage-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const command = ['--import', 'tsx', '--conditions=source', MAIN, ...args]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...NONE_GIVEN, BENCH_RESULTS: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill())
  const end = async () => {
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
  return { ended: end(), interrupt: () => child.kill() }
}
