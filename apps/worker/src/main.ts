import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig, workerGroups } from './config.ts'

await readArguments('A worker of Visage: it renders what was uploaded.', workerGroups)

// After the arguments: --help need not wait for all that this loads.
const { startWorker } = await import('./worker.ts')
await runProcess(() => startWorker(readConfig(process.env)))
