import { runProcess } from '@visage/shared/lifecycle/run'
import { readConfig } from './config.ts'
import { startWorker } from './worker.ts'

await runProcess(() => startWorker(readConfig(process.env)))
