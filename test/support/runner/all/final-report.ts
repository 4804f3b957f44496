import { summaryLine, type TestCounts, type TestResult } from '../../../../bin/test-result.mjs'
import { durationText, slowestOf, slowestText } from '../report-text.ts'

export interface PartResult extends TestResult {
  readonly title: string
  /** Absent for the result of an earlier run. */
  readonly seconds?: number
}

/** The failures of every part, the slowest files over all of them, a line for each part, and the totals. */
export function finalReport(results: readonly PartResult[]): string {
  const slowest = results.flatMap(({ title, slowest }) =>
    slowest.map(({ file, seconds }) => ({ file: `${file}, ${title}`, seconds })),
  )
  const sections = [
    ...results.filter(({ failed }) => failed > 0).map(failuresText),
    slowestText(slowestOf(slowest)),
    partsText(results),
  ]
  return `${sections.filter(Boolean).join('\n')}${summaryLine(totals(results))}\n`
}

export function totals(results: readonly TestCounts[]): TestCounts {
  const sum = (count: keyof TestCounts) => results.reduce((total, one) => total + one[count], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

const failuresText = ({ title, failures }: PartResult): string =>
  `${heading(`Failures: ${title}`)}${failures || `No test failed, but the run exited with an error. Its message is above, under "== ${title} ==".\n`}`

export const heading = (text: string): string => `== ${text} ==\n`

function partsText(results: readonly PartResult[]): string {
  const width = Math.max(...results.map(({ title }) => title.length))
  return results.map((result) => `${result.title.padEnd(width)}  ${partText(result)}\n`).join('')
}

function partText(result: PartResult): string {
  const { seconds, interrupted } = result
  const time = seconds === undefined ? '' : ` in ${durationText(seconds)}`
  return `${summaryLine(result)}${time}${interrupted ? ', interrupted' : ''}`
}
