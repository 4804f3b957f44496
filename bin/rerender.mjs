// npm run rerender: has every picture rendered by today's recipe.
import { runTool } from './run-tool.mjs'

await runTool('commands/rerender-main.js')
