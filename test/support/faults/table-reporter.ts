import type { Reporter, TestModule } from 'vitest/node'
import { type FaultRow, faultTable } from './table.ts'

/** Prints the table of the fault cases at the end of the run. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const rows = tests.flatMap((test) => (test.meta().fault as FaultRow | undefined) ?? [])
    if (rows.length > 0) process.stdout.write(`\n${faultTable(rows)}`)
  }
}
