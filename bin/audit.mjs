// npm run audit: holds the bucket against the rows.
import { runTool } from './run-tool.mjs'

await runTool('commands/audit-main.js')
