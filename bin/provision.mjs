// npm run provision: the schema brought up to date, and the bucket made.
import { runTool } from './run-tool.mjs'

await runTool('commands/provision-main.js')
