import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { strangeIn } from '../support/deploy/promql.ts'
import { withProgram } from '../support/servers/with-program.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly runbook_url: string }
}

const run = promisify(execFile)
const root = new URL('../../', import.meta.url)
const folder = new URL('deploy/prometheus/', root).pathname
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const rules: Rule[] = parse(read('deploy/prometheus/alerts.yaml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
)
const tests = readdirSync(folder).filter((name) => name.endsWith('.test.yaml'))

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (alert, rule) => {
  it('uses only metrics that the processes expose', () => {
    expect(strangeIn(rule.expr)).toEqual([])
  })

  it('has a severity and a description', () => {
    expect(['critical', 'warning']).toContain(rule.labels.severity)
    expect(rule.annotations.summary).toMatch(/^\S.{15,}\S$/)
  })

  it('has a runbook section with meaning, impact, diagnosis and action', () => {
    const [file = '', anchor] = rule.annotations.runbook_url.split('#')
    expect(anchor).toBe(alert.toLowerCase())
    const section = read(file)
      .split(/^### /m)
      .find((one) => one.startsWith(`${alert}\n`))
    for (const part of ['What it means.', 'What users notice.', 'How to look.', 'What to do.'])
      expect(section).toContain(`**${part}**`)
  })

  it('has a test that it fires and a test that it does not', () => {
    const cases = tests.flatMap((name) =>
      parse(readFileSync(join(folder, name), 'utf8')).tests.flatMap(
        (test: { alert_rule_test?: unknown[] }) => test.alert_rule_test ?? [],
      ),
    )
    const mine = cases.filter((one) => one.alertname === alert)
    expect(mine.some((one) => one.exp_alerts)).toBe(true)
    expect(mine.some((one) => !one.exp_alerts)).toBe(true)
  })
})

it('the runbook has no section for a missing alert', () => {
  const page = read('docs/runbook-alerts.md')
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading)
  expect(headings.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
})

withProgram('promtool', 'promtool', (promtool) => {
  it('accepts the rules', async () => {
    await run(promtool, ['check', 'rules', 'alerts.yaml'], { cwd: folder })
  })

  it.each(tests)('fires each alert only when expected: %s', async (name) => {
    await run(promtool, ['test', 'rules', name], { cwd: folder })
  })
})
