import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { apiGroups, readConfig } from './config.ts'

await readArguments('The Visage API: accepts uploads and serves pictures.', apiGroups)

// Loaded after the arguments are read, so that --help prints at once.
const { startApi } = await import('./api.ts')
await runProcess(() => startApi(readConfig(process.env)))
