// npm run token: prints a token for the stack of DATA_DIR, and nothing else, on standard output.
import { root, setUp } from './setup.mjs'

await setUp()
const { printToken } = await import('../packages/stack/dist/token-main.js')
process.exitCode = printToken(root, process.argv.slice(2), process.env)
