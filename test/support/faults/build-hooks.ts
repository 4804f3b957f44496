import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** As deep as this folder: the bundles keep their imports of the built worker as they are. */
const built = fileURLToPath(new URL('../dist/', import.meta.url))

/** The worker that fault tests start. `buildHooks` makes it. */
export const hookWorker = `${built}hook-worker.js`

/**
 * Bundles the worker and the render process of the fault tests. Translating TypeScript at each start took
 * half of a fault test's CPU time.
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
