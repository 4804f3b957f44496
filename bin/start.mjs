// npm start: the whole stack, until Ctrl-C.
import { root, setUp } from './setup.mjs'

await setUp()
const { runStack } = await import('../packages/stack/dist/launcher.js')
process.exit(await runStack(root, process.env))
