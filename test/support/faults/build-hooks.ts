import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Folder at the same depth as this one, so that relative imports of the built worker stay valid in the bundles. */
const built = fileURLToPath(new URL('../dist/', import.meta.url))

/** Worker entry of the fault tests, written by `buildHooks`. */
export const hookWorker = `${built}hook-worker.js`

/**
 * Bundles the worker and the render process of the fault tests. Transpiling TypeScript at each start would take half of
 * a fault test's CPU time.
 */
export async function buildHooks(): Promise<void> {
  await build({
    absWorkingDir: here,
    entryPoints: ['hook-worker.ts', 'hook-renderer.ts'],
    outdir: built,
    bundle: true,
    packages: 'external',
    external: ['../../../apps/*'],
    platform: 'node',
    format: 'esm',
  })
}
