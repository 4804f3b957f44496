// npm test: installs and builds what is missing, runs Vitest on one tier of the tests, and prints the totals.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installSystemPrograms } from '../packages/stack/src/system-programs.js'
import { exitCodeOf } from './run.mjs'
import { fail, root, say, setUp } from './setup.mjs'
import { vitestArguments } from './test-arguments.mjs'
import { settleResult, summaryLine } from './test-result.mjs'

/** The tests that need a program are skipped without it, under names that say so. */
const fastPrograms = ['Redis', 'Chromium', 'OpenSSL']
const allPrograms = [...fastPrograms, 'promtool', 'PgBouncer']

const { args, selective } = vitestArguments(process.argv.slice(2), testFiles(), root)
const tier = process.env.VISAGE_TIER || (selective ? 'all' : 'fast')
const setUpSeconds = await prepare()
process.exitCode = await withResultFile(runVitest)

/** @returns the seconds that each part took */
async function prepare() {
  const began = performance.now()
  const [{ build }] = await Promise.all([setUp(), installPrograms()])
  const { redisProgram } = await import('../packages/stack/dist/redis-program.js')
  await redisProgram().catch((error) => fail(error.message))
  return { install: (performance.now() - began) / 1000 - build, build }
}

async function installPrograms() {
  const programs = tier === 'fast' ? fastPrograms : allPrograms
  const [notice, done] = ['…', '✓'].map((sign) => (what) => say(`${sign} ${what}`))
  await installSystemPrograms(programs, notice, done).catch((error) => say(`! ${error.message}`))
}

/** Each test file below test/, by its path, with what reads its text. */
function testFiles() {
  const paths = readdirSync(join(root, 'test'), { recursive: true })
  const files = paths.filter((path) => path.endsWith('.test.ts')).map((path) => join('test', path))
  return new Map(files.map((file) => [file, () => readFileSync(join(root, file), 'utf8')]))
}

/** test-all.mjs names the file and reads it. */
async function withResultFile(work) {
  if (process.env.VISAGE_TEST_RESULT) return work(process.env.VISAGE_TEST_RESULT)
  const folder = mkdtempSync(join(tmpdir(), 'visage-test-'))
  try {
    return await work(join(folder, 'result.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns the exit code */
async function runVitest(resultFile) {
  rmSync(resultFile, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporter = `--reporter=${join(root, 'test', 'support', 'runner', 'reporter.ts')}`
  const env = {
    ...process.env,
    VISAGE_TIER: tier,
    VISAGE_TEST_RESULT: resultFile,
    VISAGE_SETUP_SECONDS: JSON.stringify(setUpSeconds),
  }
  const code = await exitCodeOf([vitest, 'run', reporter, ...args], { cwd: root, env })
  if (!existsSync(resultFile)) say('✗ Vitest ended before it wrote its result.')
  const result = settleResult(resultFile, code)
  process.stdout.write(`${summaryLine(result)}\n`)
  return code
}
