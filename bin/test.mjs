// npm test: everything that npm start sets up, then Vitest with the arguments given.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fail, root, say, setUp } from './setup.mjs'

setUp()
const { redisProgram } = await import('../packages/stack/dist/redis-program.js')
const { installSystemPrograms } = await import('../packages/stack/dist/system-programs.js')
const notice = (what) => say(`… ${what}`)
// Without one of these the tests that need it are skipped, under names that say so.
const programs = ['Redis', 'Chromium', 'promtool', 'PgBouncer', 'OpenSSL']
await installSystemPrograms(programs, notice).catch((error) => say(`! ${error.message}`))
await redisProgram(notice).catch((error) => fail(error.message))

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const args = [vitest, 'run', ...process.argv.slice(2)]
const tests = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
// A Ctrl-C reaches Vitest from the terminal; we wait for it to clean up.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => tests.kill('SIGTERM'))
const [code] = await once(tests, 'exit')
process.exit(code ?? 1)
