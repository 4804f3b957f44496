import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { selectorsOf, strangeIn } from '../support/deploy/promql.ts'
import { ourMetrics } from '../support/generated/metrics-table.ts'

interface GrafanaPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
  readonly description?: string
}

const file = new URL('../../deploy/grafana/visage.json', import.meta.url)
const dashboard = JSON.parse(readFileSync(file, 'utf8'))
const panels: readonly GrafanaPanel[] = dashboard.panels
const shown = panels.filter(({ type }) => type !== 'row')

/** Grafana puts a length of time in place of this one. */
const exprsOf = ({ targets = [] }: GrafanaPanel) =>
  targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'))

describe.each(shown.map((panel) => [panel.title, panel] as const))('the panel %s', (_, panel) => {
  it('queries only exposed metrics of the selected instances', () => {
    expect(exprsOf(panel)).not.toEqual([])
    for (const expr of exprsOf(panel)) {
      expect(strangeIn(expr)).toEqual([])
      for (const { matchers } of selectorsOf(expr))
        expect(matchers.map(({ label }) => label)).toEqual(
          expect.arrayContaining(['job', 'instance']),
        )
    }
  })

  it('has a description', () => {
    expect(panel.description).toMatch(/^\S.{15,}/)
  })
})

it('every panel has a unique ID and place', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
})

it('every row of panels is full', () => {
  const widths: Record<number, number> = {}
  for (const { gridPos } of panels) widths[gridPos.y] = (widths[gridPos.y] ?? 0) + gridPos.w
  expect(new Set(Object.values(widths))).toEqual(new Set([24]))
})

it('the data source, the jobs and the instances are variables', () => {
  const variables = dashboard.templating.list.map((one: { name: string }) => one.name)
  expect(variables).toEqual(['datasource', 'job', 'instance'])
})

it('every metric is shown', () => {
  const asked = new Set(
    shown
      .flatMap(exprsOf)
      .flatMap(selectorsOf)
      .map(({ metric }) => metric),
  )
  const seen = ({ name, kind }: (typeof ourMetrics)[number]) =>
    (kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).some((end) =>
      asked.has(name + end),
    )
  expect(ourMetrics.filter((one) => !seen(one)).map(({ name }) => name)).toEqual([])
})
