import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests run from source: `source` is the condition under which our packages export it.
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
