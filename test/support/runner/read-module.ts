import type { TestCase, TestModule, TestSuite } from 'vitest/node'
import type { FileReport, TestReport } from './file-report.ts'
import { skipReason } from './skips.ts'

type Parent = TestModule | TestSuite

/** @param selective whether the run selects tests by name */
export function fileReport(module: TestModule, file: string, selective: boolean): FileReport {
  const parents: Parent[] = [module, ...module.children.allSuites()]
  return {
    file,
    failedSuites: parents.filter((parent) => parent.errors().length > 0).length,
    tests: [...module.children.allTests()].map((test) => testReport(test, selective)),
  }
}

function testReport(test: TestCase, selective: boolean): TestReport {
  const result = test.result()
  if (result.state !== 'skipped') return { state: result.state }
  const parents = parentsOf(test)
  const names = [...parents, test].filter(isSkipped).map(({ name }) => name)
  const suiteFailed = parents.some((parent) => parent.errors().length > 0)
  const { note } = result
  return { state: 'skipped', reason: skipReason({ note, names, suiteFailed, selective }) }
}

/** The suites around the test and its module, the outermost first. */
function parentsOf({ parent }: TestCase | TestSuite): Parent[] {
  return parent.type === 'module' ? [parent] : [...parentsOf(parent), parent]
}

type Named = Extract<Parent | TestCase, { name: string }>

const isSkipped = (entity: Parent | TestCase): entity is Named =>
  'name' in entity && ['skip', 'todo'].includes(entity.options.mode)
