// npm run bench: everything that npm start sets up, then what is measured, on the code as it stands.
import { join } from 'node:path'
import { answerHelp } from './help.mjs'
import { run } from './run.mjs'
import { fail, root, say, setUp } from './setup.mjs'

answerHelp(`
Usage: npm run bench [-- <benchmark>... [--quick]]

Measures the code, and writes the results into docs/benchmarks.md, which describes each benchmark.
  --quick   only checks within seconds that the benchmarks work
`)
await setUp()
if (!process.env.REDIS_URL) {
  const { redisProgram } = await import('../packages/stack/dist/redis-program.js')
  await redisProgram((what) => say(`… ${what}`)).catch((error) => fail(error.message))
}

const main = join(root, 'bench', 'main.ts')
const tsx = ['--import', 'tsx', '--conditions=source']
await run([...tsx, main, ...process.argv.slice(2)], { cwd: root })
