// npm run test:all: every tier of the tests, one after the other, and the totals of all.
import { join } from 'node:path'
import { answerHelp } from './help.mjs'
import { run } from './run.mjs'
import { root, setUp } from './setup.mjs'

answerHelp(`
Usage: npm run test:all [-- <part>...] [--result=<file>]

Runs every test. The parts are fast, slow and node24; without a part, all of them run.
  --result=<file>   reads the totals that an earlier run wrote to <file>, and adds them to the totals of this run.
                    See test/README.md.
`)
await setUp()
const main = join(root, 'test', 'support', 'runner', 'all', 'main.ts')
const tsx = ['--import', 'tsx', '--conditions=source']
await run([...tsx, main, root, ...process.argv.slice(2)], { cwd: root })
