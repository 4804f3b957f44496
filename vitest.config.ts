import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/world/sequencer.ts'

/**
 * The tier of a file is in its name: `*.slow.test.ts` is slow, every other test is fast.
 * `npm test` sets VISAGE_TIER=fast, `npm run test:all` runs both, one after the other.
 */
const fast = ['fast', 'model', 'unit'] as const
const slow = ['slow', 'slow-model'] as const
const tiers = {
  fast,
  slow: [...slow, 'cluster'],
  all: [...fast, ...slow],
  cluster: ['cluster'],
} as const
const tier = (process.env.VISAGE_TIER ?? 'all') as keyof typeof tiers

const SLOW = 'test/**/*.slow.test.ts'
const UNIT = 'test/unit/**/*.test.ts'
const MODEL = 'test/model/{found,model,mutants}.test.ts'
const SLOW_MODEL = 'test/model/**/*.slow.test.ts'

/**
 * What runs on a Redis Cluster of three nodes: these files in the slow tier, and with VISAGE_TIER=cluster
 * every file that takes its Redis from the set-up.
 */
const onCluster = [
  'test/contract/{rate-limit,upload-events}.test.ts',
  'test/integration/{maintenance.slow,queue-clock,queue-uploads,sweep}.test.ts',
]
const takesRedis = ['test/{contract,integration}/**/*.test.ts']

const common = {
  // Tests run from source: `source` is the condition under which our packages export it.
  ssr: { resolve: { conditions: ['source'] } },
}

/** Bounds for a hang only: no test asserts that it ends within them. */
const hang = { testTimeout: 60_000, hookTimeout: 120_000 }

interface Files {
  readonly include: string[]
  readonly exclude?: string[]
}

/** Files of one worker share its modules, its world, its API and its worker (see useWorld), unless isolated. */
const project = (name: string, { include, exclude = [] }: Files, settings: object = {}) => ({
  ...common,
  test: {
    ...hang,
    name,
    include,
    exclude: [...configDefaults.exclude, ...exclude],
    setupFiles: ['test/support/world/worker-setup.ts'],
    isolate: false,
    ...settings,
  },
})

const projects = {
  unit: project('unit', { include: [UNIT], exclude: [SLOW] }),
  // The model replaces modules and timers, which others in its process would notice.
  model: project('model', { include: [MODEL], exclude: [SLOW] }, { isolate: true }),
  fast: project('fast', { include: ['test/**/*.test.ts'], exclude: [SLOW, UNIT, MODEL] }),
  'slow-model': project('slow-model', { include: [SLOW_MODEL] }, { isolate: true }),
  slow: project('slow', { include: [SLOW], exclude: [SLOW_MODEL] }),
  cluster: project(
    'cluster',
    { include: tier === 'cluster' ? takesRedis : onCluster },
    { globalSetup: ['test/support/world/cluster-setup.ts'] },
  ),
}

export default defineConfig({
  ...common,
  test: {
    globalSetup: ['test/support/world/global-setup.ts'],
    // Tests wait for servers and processes: fast ones a fifth of the time, slow ones half of it.
    maxWorkers: availableParallelism() + (tier === 'slow' ? 2 : 1),
    sequence: { sequencer: LongestFirst },
    // Slow tests print figures that they measured.
    silent: tier === 'slow' ? false : 'passed-only',
    projects: tiers[tier].map((name) => projects[name]),
  },
})
