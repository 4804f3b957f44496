import { runProcess } from '@visage/shared/lifecycle/run'
import { startApi } from './api.ts'
import { readConfig } from './config.ts'

await runProcess(() => startApi(readConfig(process.env)))
