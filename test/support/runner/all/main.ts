import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { howItEnded } from '../../../../bin/run.mjs'
import { endedEarly, readResult, type TestResult } from '../../../../bin/test-result.mjs'
import { durationText } from '../report-text.ts'
import { finalReport, heading, type PartResult } from './final-report.ts'
import { node24 } from './node24.ts'
import { type Part, parts, readSelection, type Selection } from './parts.ts'

const [root = '.', ...args] = process.argv.slice(2)
const selection = selectionOrExit()
const folder = mkdtempSync(join(tmpdir(), 'visage-test-all-'))
try {
  const results = await runAll(selection)
  say(`\n${finalReport(results)}`)
  process.exitCode = results.some(({ failed, interrupted }) => failed > 0 || interrupted) ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function selectionOrExit(): Selection {
  try {
    return readSelection(args)
  } catch (error) {
    process.stderr.write(`✗ ${(error as Error).message}\n`)
    process.exit(2)
  }
}

/** Runs part after part. A part that fails does not stop the others; Ctrl-C does. */
async function runAll({ parts: names, results: files }: Selection): Promise<PartResult[]> {
  const results: PartResult[] = files.map((file) => ({
    title: `Earlier run (${file})`,
    ...readResult(file, `--result=${file}: the file does not exist.`),
  }))
  for (const name of names) {
    const result = await timed(parts[name])
    results.push(result)
    if (result.interrupted) break
  }
  return results
}

async function timed(part: Part): Promise<PartResult> {
  say(`\n${heading(part.title)}`)
  const began = performance.now()
  const result = await runPart(part).catch(failedPart)
  const seconds = (performance.now() - began) / 1000
  say(heading(`${part.title} ended after ${durationText(seconds)}`))
  return { ...result, title: part.title, seconds }
}

async function runPart({ tier, node }: Part): Promise<TestResult> {
  const program = node ? node24(join(root, 'node_modules', '.cache', 'node-24'), notice) : undefined
  const file = join(folder, 'result.json')
  rmSync(file, { force: true })
  const env = { ...environment(program), VISAGE_TIER: tier, VISAGE_TEST_RESULT: file }
  const ended = await howItEnded([join(root, 'bin', 'test.mjs')], { cwd: root, env, program })
  return readResult(file, endedEarly('npm test', ended))
}

/** With the program first on the PATH: npm and other scripts find Node there. */
function environment(program: string | undefined): NodeJS.ProcessEnv {
  if (!program) return process.env
  const path = `${dirname(program)}${delimiter}${process.env.PATH}`
  return { ...process.env, PATH: path, NODE: program, npm_node_execpath: program }
}

/** A part that could not be run counts as one failure. */
function failedPart(error: Error): TestResult {
  say(`✗ ${error.message}\n`)
  const failures = `${error.message}\n`
  return { passed: 0, failed: 1, skipped: 0, interrupted: false, failures, slowest: [] }
}

function notice(text: string): void {
  say(`… ${text}\n`)
}

function say(text: string): void {
  process.stdout.write(text)
}
