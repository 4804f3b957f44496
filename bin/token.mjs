// npm run token: prints a token for the stack of DATA_DIR, and nothing else, on standard output.
import { answerHelp } from './help.mjs'
import { root, setUp } from './setup.mjs'

answerHelp(`
Usage: npm run token -- <sub> [--email a@b] [--ttl 1h] [--scope UserInfo.Write]... [--client-id id]

Prints a token for the API of npm start, and nothing else.
`)
await setUp()
const { printToken } = await import('../packages/stack/dist/token-main.js')
process.exitCode = printToken(root, process.argv.slice(2), process.env)
