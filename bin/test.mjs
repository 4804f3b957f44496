// npm test: installs and builds what is missing, runs Vitest on one tier of the tests, and prints the totals.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSystemProgram, installSystemPrograms } from '../packages/stack/src/system-programs.js'
import { answerHelp } from './help.mjs'
import { howItEnded } from './run.mjs'
import { fail, root, say, setUp } from './setup.mjs'
import { vitestArguments } from './test-arguments.mjs'
import { completeResult, endedEarly, summaryLine } from './test-result.mjs'

/** The tests that need a program are skipped without it, under names that say so. */
const fastPrograms = ['Redis', 'Chromium', 'OpenSSL']
const allPrograms = [...fastPrograms, 'promtool', 'PgBouncer']

answerHelp(`
Usage: npm test [-- <path or name>...]

Runs the fast tier, or the tests whose path or name contains an argument. Further options are those of Vitest.
See test/README.md.
`)
const { args, selective } = vitestArguments(process.argv.slice(2), testFiles(), root)
const tiers = ['fast', 'slow', 'all', 'cluster']
const tier = process.env.VISAGE_TIER || (selective ? 'all' : 'fast')
if (!tiers.includes(tier))
  fail(`VISAGE_TIER is "${tier}". Set it to ${tiers.join(', ')}, or leave it unset.`)
const setUpSeconds = await prepare()
process.exitCode = await withResultFile(runVitest)

/** @returns the seconds that each part took */
async function prepare() {
  const began = performance.now()
  const [{ build }] = await Promise.all([setUp(), installPrograms()])
  if (!findSystemProgram('Redis'))
    fail(
      'Found neither redis-server nor valkey-server on the PATH. The tests need one of them. Debian or Ubuntu: apt-get install redis-server. macOS: brew install redis.',
    )
  return { install: (performance.now() - began) / 1000 - build, build }
}

async function installPrograms() {
  const programs = tier === 'fast' ? fastPrograms : allPrograms
  const [notice, done] = ['…', '✓'].map((sign) => (what) => say(`${sign} ${what}`))
  await installSystemPrograms(programs, notice, done).catch(({ message, output = '' }) =>
    say(`! ${message} The tests that need a missing program are skipped.\n${output}`),
  )
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
  const ended = await howItEnded([vitest, 'run', reporter, ...args], { cwd: root, env })
  const failure = `${endedEarly('Vitest', ended)} See the error above.`
  if (!existsSync(resultFile)) say(`✗ ${failure}`)
  const result = completeResult(resultFile, ended.code, failure)
  process.stdout.write(`${summaryLine(result)}\n`)
  return ended.code
}
