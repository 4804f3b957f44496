// npm test: everything that npm start sets up, then Vitest with the arguments given.
import { join } from 'node:path'
import { run } from './run.mjs'
import { fail, root, say, setUp } from './setup.mjs'

await setUp()
const { redisProgram } = await import('../packages/stack/dist/redis-program.js')
const { installSystemPrograms } = await import('../packages/stack/dist/system-programs.js')
const notice = (what) => say(`… ${what}`)
// Without one of these the tests that need it are skipped, under names that say so.
const programs = ['Redis', 'Chromium', 'promtool', 'PgBouncer', 'OpenSSL']
await installSystemPrograms(programs, notice).catch((error) => say(`! ${error.message}`))
await redisProgram(notice).catch((error) => fail(error.message))

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
await run([vitest, 'run', ...process.argv.slice(2)], { cwd: root })
