import { readFileSync, writeFileSync } from 'node:fs'
import { dashboardJson } from '../../../deploy/grafana/dashboard.ts'
import { configurationPage } from './configuration-page.ts'
import { metricsTable } from './metrics-table.ts'

/** A file, or a section of one, that is generated from code and committed for its readers. */
export interface Generated {
  readonly name: string
  /** The committed text; undefined if the section has no markers. */
  current(): string | undefined
  /** The text that the code generates now. */
  fresh(): string
  write(): void
}

/** `npm run docs` writes these files. test/contract/generated.test.ts fails if one is out of date. */
export const generated: readonly Generated[] = [
  whole('docs/configuration.md', configurationPage),
  part('docs/metrics.md', 'metrics', metricsTable),
  whole('deploy/grafana/visage.json', dashboardJson),
]

const root = new URL('../../../', import.meta.url)

/** The section between `<!-- place -->` and `<!-- /place -->`. */
function part(path: string, place: string, fresh: () => string): Generated {
  const found = new RegExp(`(?<=<!-- ${place} -->\n)[\\s\\S]*?(?=<!-- /${place} -->)`)
  const file = () => readFileSync(new URL(path, root), 'utf8')
  return {
    name: `${path}, ${place}`,
    current: () => found.exec(file())?.[0],
    fresh,
    write: () => writeFileSync(new URL(path, root), file().replace(found, fresh)),
  }
}

function whole(path: string, fresh: () => string): Generated {
  return {
    name: path,
    current: () => readFileSync(new URL(path, root), 'utf8'),
    fresh,
    write: () => writeFileSync(new URL(path, root), fresh()),
  }
}
