import { readArguments } from '@visage/shared/lifecycle/arguments'
import { runTool } from '@visage/shared/lifecycle/run-tool'
import { provision, provisionGroups, readConfig } from './provision.ts'

/** `npm run provision`: migrates the schema and creates the bucket, which the API and the workers need. */
await readArguments('Migrates the database schema and creates the private bucket.', provisionGroups)
await runTool(async () => {
  const report = await provision(readConfig(process.env))
  process.stdout.write(`${report.join('\n')}\n`)
  return 0
})
