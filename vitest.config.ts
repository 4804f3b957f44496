import { configDefaults, defineConfig } from 'vitest/config'

/**
 * The outages one by one take many minutes, most of them waiting for time-outs. `npm test` runs the core
 * of the fault suite; `npm run test:faults` runs all of it.
 */
const outages = ['test/faults/outage-!(one-part)*.test.ts', 'test/faults/trouble.test.ts']

export default defineConfig({
  // Tests run from source: `source` is the condition under which our packages export it.
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.VISAGE_FAULTS === 'all' ? [] : outages)],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
