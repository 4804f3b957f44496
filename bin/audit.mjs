// npm run audit: holds the bucket against the rows.
import { runTool } from './run-tool.mjs'

runTool('audit-main.js')
