import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runTool } from '@visage/shared/lifecycle/run-tool'
import { provision, provisionSettings, readConfig } from './provision.ts'

/** `npm run provision`: what has to be there before the API and the workers can work. */
await readArguments('Brings the schema up to date, and makes the private bucket.', {
  'The servers': provisionSettings,
})
await runTool(async () => {
  const found = await provision(readConfig(process.env))
  process.stdout.write(`${found.join('\n')}\n`)
  return 0
})
