import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runProcess } from '@visage/shared/lifecycle/run-process'
import { apiGroups, readConfig } from './config.ts'

await readArguments('The API of Visage: it takes uploads and serves pictures.', apiGroups)

// After the arguments: --help need not wait for all that this loads.
const { startApi } = await import('./api.ts')
await runProcess(() => startApi(readConfig(process.env)))
