import { readFileSync, writeFileSync } from 'node:fs'
import { dashboardJson } from '../../../deploy/grafana/dashboard.ts'
import { metricsTable } from './metrics-table.ts'
import { settingsTable } from './settings-table.ts'

/** A file, or a part of one, that is made from code and kept in the repository for its readers. */
export interface Generated {
  readonly name: string
  /** As it is in the repository. */
  current(): string | undefined
  /** As it should be. */
  fresh(): string
  write(): void
}

/** `npm run docs` writes them, and test/contract/generated.test.ts holds them. */
export const generated: readonly Generated[] = [
  part('README.md', 'settings', settingsTable),
  part('docs/metrics.md', 'metrics', metricsTable),
  whole('deploy/grafana/visage.json', dashboardJson),
]

const root = new URL('../../../', import.meta.url)

/** Between `<!-- place -->` and `<!-- /place -->`. */
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
