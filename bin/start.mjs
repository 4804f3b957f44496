// npm start: the whole stack, until Ctrl-C.
import { answerHelp } from './help.mjs'
import { root, setUp } from './setup.mjs'

answerHelp(`
Usage: npm start

Installs and builds what is missing, then runs Postgres, Redis, S3, the API and a worker until Ctrl-C.
Environment variables configure it. docs/configuration.md lists those of the API and the worker,
docs/first-steps.md those of npm start itself.
`)
await setUp()
const { runStack } = await import('../packages/stack/dist/launcher.js')
process.exit(await runStack(root, process.env))
