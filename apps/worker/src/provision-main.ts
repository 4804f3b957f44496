import { runTool } from '@visage/shared/lifecycle/tool'
import { provision, readConfig } from './provision.ts'

/** `npm run provision`: what has to be there before the API and the workers can work. */
await runTool(async () => {
  const found = await provision(readConfig(process.env))
  process.stdout.write(`${found.join('\n')}\n`)
  return 0
})
