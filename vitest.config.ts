import { configDefaults, defineConfig } from 'vitest/config'

/**
 * The outages one by one take many minutes, most of them waiting for time-outs. `npm test` runs the core
 * of the fault suite; `npm run test:faults` runs all of it.
 */
const outages = ['test/faults/outage-!(one-part)*.test.ts', 'test/faults/trouble.test.ts']

/**
 * What `npm test` runs once more on a Redis Cluster of three nodes. `VISAGE_REDIS=cluster npm test` runs
 * everything on it that takes its Redis from the set-up.
 */
const clusterCore = [
  'test/contract/{rate-limit,upload-events}.test.ts',
  'test/integration/{maintenance,queue-clock,queue-uploads,sweep}.test.ts',
]
const takesRedis = ['test/{contract,integration}/**/*.test.ts']
const onCluster = process.env.VISAGE_REDIS === 'cluster'

const common = {
  // Tests run from source: `source` is the condition under which our packages export it.
  ssr: { resolve: { conditions: ['source'] } },
}
const patience = { testTimeout: 30_000, hookTimeout: 60_000 }

const everything = {
  ...common,
  test: {
    ...patience,
    name: 'visage',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.VISAGE_FAULTS === 'all' ? [] : outages)],
  },
}

const cluster = {
  ...common,
  test: {
    ...patience,
    name: 'cluster',
    include: onCluster ? takesRedis : clusterCore,
    globalSetup: ['test/support/world/cluster-setup.ts'],
  },
}

export default defineConfig({
  ...common,
  test: {
    globalSetup: ['test/support/world/global-setup.ts'],
    maxWorkers: 2,
    projects: onCluster ? [cluster] : [everything, cluster],
  },
})
