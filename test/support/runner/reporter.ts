import { writeFileSync } from 'node:fs'
import {
  DefaultReporter,
  type SerializedError,
  type TestModule,
  type TestRunEndReason,
  type TestSpecification,
  type Vitest,
} from 'vitest/node'
import type { TestResult } from '../../../bin/test-result.mjs'
import { captureErrors } from './capture-errors.ts'
import { readDurations, writeDurations } from './durations-file.ts'
import { type Durations, secondsLeft } from './estimate.ts'
import { FileClock } from './file-clock.ts'
import { countTests, type FileReport } from './file-report.ts'
import { ProgressLine } from './progress-line.ts'
import { fileReport } from './read-module.ts'
import {
  failedFileText,
  progressText,
  skipsText,
  slowestFiles,
  slowestText,
  timesText,
  unfinishedText,
} from './report-text.ts'
import { skipGroups } from './skips.ts'

/**
 * The reporter of `npm test`. It prints the progress, then the failures, the slowest files, the skipped tests
 * and the times. It writes the counts to the file VISAGE_TEST_RESULT, from which `npm test` prints its last line.
 */
export default class RunReporter extends DefaultReporter {
  readonly #progress = new ProgressLine(() => this.#progressText())
  #clock = new FileClock([])
  #previous: Durations = {}
  #runBegan = performance.now()
  #failedFiles = 0
  #running = false

  constructor() {
    super({ summary: false })
  }

  /** Prints no banner. */
  override onInit(vitest: Vitest): void {
    this.ctx = vitest
    this.silent = vitest.config.silent
    this.#previous = readDurations(vitest.config.root)
    vitest.logger.onTerminalCleanup(() => this.#onSignal())
  }

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications)
    this.#running = true
    this.#runBegan = performance.now()
    this.#clock = new FileClock(specifications.map((one) => this.#nameOf(one)))
  }

  override onTestModuleQueued(module: TestModule): void {
    if (this.#clock.firstBegan === undefined) this.#progress.start()
    this.#clock.begin(this.#nameOf(module), performance.now())
    this.#progress.refresh()
  }

  override onTestModuleEnd(module: TestModule): void {
    this.#clock.end(this.#nameOf(module), performance.now())
    if (module.state() === 'failed') this.#onFailedFile(module)
    this.#progress.refresh()
  }

  override onUserConsoleLog(...log: Parameters<DefaultReporter['onUserConsoleLog']>): void {
    this.#progress.above(() => super.onUserConsoleLog(...log))
  }

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const now = performance.now()
    this.#running = false
    this.#progress.stop()
    const failures = captureErrors(this.ctx, () => {
      // Without a module, Vitest says that there are no test files. Here, the global set-up may have failed.
      const noFiles = modules.length === 0 && this.#clock.times(now).waiting.length > 0
      if (!noFiles) super.onTestRunEnd(modules, errors, reason)
    })
    const files = modules.map((module) => this.#fileReport(module))
    const result = {
      ...countTests(files, errors.length),
      interrupted: reason === 'interrupted',
      failures,
      slowest: slowestFiles(this.#clock.ended),
    }
    this.#print(result, files, now)
    this.#checkSelection(result)
    this.#keep(result)
  }

  /** Left out: `#print` has a report of its own. */
  override reportTestSummary(): void {}

  /** Vitest exits on a signal without the end of the run. */
  #onSignal(): void {
    if (!this.#running) return
    const { state } = this.ctx
    const errors = state.getUnhandledErrors() as SerializedError[]
    this.onTestRunEnd(state.getTestModules(), errors, 'interrupted')
  }

  #onFailedFile(module: TestModule): void {
    this.#failedFiles += 1
    const { failed } = countTests([this.#fileReport(module)], 0)
    this.#progress.above(() => this.log(failedFileText(this.#nameOf(module), failed)))
  }

  #print(result: TestResult, files: readonly FileReport[], now: number): void {
    const texts = [
      slowestText(result.slowest),
      skipsText(skipGroups(files)),
      timesText(this.#times(now)),
      unfinishedText(this.#clock.times(now), result.interrupted),
    ]
    process.stdout.write(texts.filter(Boolean).join('\n'))
  }

  /** A name that selects nothing is a typing error. */
  #checkSelection({ passed, failed }: TestResult): void {
    if (!this.#selective || passed + failed > 0) return
    process.exitCode = 1
    const { source } = this.ctx.config.testNamePattern ?? {}
    this.log(
      `✗ No test file path and no test name contains "${source}". List the test files: find test -name '*.test.ts'`,
    )
  }

  #keep(result: TestResult): void {
    if (!this.#selective) writeDurations(this.ctx.config.root, this.#clock.ended)
    const { VISAGE_TEST_RESULT: file } = process.env
    if (file) writeFileSync(file, JSON.stringify(result))
  }

  /** Seconds of each part; `npm test` measures those before Vitest. */
  #times(now: number): Record<string, number> {
    const firstBegan = this.#clock.firstBegan ?? now
    return {
      ...JSON.parse(process.env.VISAGE_SETUP_SECONDS ?? '{}'),
      'prepare servers and database': (firstBegan - this.#runBegan) / 1000,
      tests: (now - firstBegan) / 1000,
    }
  }

  #progressText(): string {
    const times = this.#clock.times(performance.now())
    const done = Object.keys(times.ended).length
    const state = { ...times, workers: this.ctx.config.maxWorkers }
    return progressText({
      done,
      files: done + times.waiting.length + Object.keys(times.running).length,
      failedFiles: this.#failedFiles,
      secondsLeft: secondsLeft(state, this.#previous),
    })
  }

  get #selective(): boolean {
    return this.ctx.config.testNamePattern !== undefined
  }

  #fileReport(module: TestModule): FileReport {
    return fileReport(module, this.#nameOf(module), this.#selective)
  }

  /** Two projects can run the same file. */
  #nameOf({ project, moduleId }: Pick<TestModule, 'project' | 'moduleId'>): string {
    return `${this.relative(moduleId)} (${project.name})`
  }
}
