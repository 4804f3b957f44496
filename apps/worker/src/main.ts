import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { readConfig, workerGroups } from './config.ts'

await readArguments('Runs a Visage worker, which renders uploaded pictures.', workerGroups)

// Imported after the arguments are read, so that --help does not wait for these modules.
const { startWorker } = await import('./worker.ts')
await runProcess(() => startWorker(readConfig(process.env)))
