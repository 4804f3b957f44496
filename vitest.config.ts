import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/world/sequencer.ts'

/**
 * The tier of a file is in its name: `*.slow.test.ts` is slow, every other test is fast.
 * `npm test` sets `fast`, `npm run test:all` runs both, one after the other.
 */
const tiers = { fast: ['unit', 'fast'], slow: ['slow', 'cluster'], all: ['unit', 'fast', 'slow'] }
type Tier = keyof typeof tiers
const tier = (process.env.VISAGE_TIER ?? 'all') as Tier

const SLOW = 'test/**/*.slow.test.ts'
const UNIT = 'test/unit/**/*.test.ts'

/** The fast tests that the slow tier repeats on a Redis Cluster of three nodes. */
const onCluster = [
  'test/contract/{rate-limit,upload-events}.test.ts',
  'test/integration/{maintenance.slow,queue-clock,queue-uploads,sweep}.test.ts',
]

const common = {
  // Tests run from source: `source` is the condition under which our packages export it.
  ssr: { resolve: { conditions: ['source'] } },
}

/** Bounds for a hang only: no test asserts that it ends within them. */
const hang = { testTimeout: 60_000, hookTimeout: 120_000 }

const project = (
  name: string,
  include: string[],
  exclude: string[],
  globalSetup: string[] = [],
) => ({
  ...common,
  test: {
    ...hang,
    name,
    include,
    exclude: [...configDefaults.exclude, ...exclude],
    globalSetup,
    setupFiles: ['test/support/world/worker-setup.ts'],
    // Files of one worker share its modules, its world, its API and its worker: see useWorld.
    isolate: false,
  },
})

const projects = {
  unit: project('unit', [UNIT], [SLOW]),
  fast: project('fast', ['test/**/*.test.ts'], [SLOW, UNIT]),
  slow: project('slow', [SLOW], []),
  cluster: project('cluster', onCluster, [], ['test/support/world/cluster-setup.ts']),
}

export default defineConfig({
  ...common,
  test: {
    globalSetup: ['test/support/world/global-setup.ts'],
    // Tests wait for servers and processes about a fifth of the time.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: tiers[tier].map((name) => projects[name as keyof typeof projects]),
  },
})
