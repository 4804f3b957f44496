import { readFileSync } from 'node:fs'
import { collectDefaultMetrics } from 'prom-client'
import { type Check, checkParts, type Part } from '../ops/parts.ts'
import { gauge } from './metric.ts'
import { registry } from './registry.ts'
import { onScrape } from './scrape.ts'

/** What the API and a worker both say of themselves, beside what prom-client reads of every Node process. */
export const processMetrics = {
  build: gauge('build_info', 'Always 1: which program this is, and of which version', {
    app: ['api', 'worker'],
    version: 'that of the release',
    node: 'that of Node',
  }),
  partUp: gauge('part_up', 'Whether this process can use a part: 1, or 0 while it is away', {
    part: 'storage, database or queue',
  }),
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Once in each process. */
export function measureProcess(app: 'api' | 'worker', parts: Readonly<Record<string, Part>>): void {
  collectDefaultMetrics({ register: registry })
  processMetrics.build.set({ app, version, node: process.versions.node }, 1)
  onScrape('the parts', () => checkParts(parts), showParts, processMetrics.partUp.forget)
}

function showParts(checks: readonly Check[]): void {
  for (const { name, ok } of checks) processMetrics.partUp.set({ part: name }, ok ? 1 : 0)
}
