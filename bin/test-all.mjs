// npm run test:all: every tier of the tests, one after the other, and the totals of all.
import { join } from 'node:path'
import { run } from './run.mjs'
import { root, setUp } from './setup.mjs'

await setUp()
const main = join(root, 'test', 'support', 'runner', 'all', 'main.ts')
const tsx = ['--import', 'tsx', '--conditions=source']
await run([...tsx, main, root, ...process.argv.slice(2)], { cwd: root })
