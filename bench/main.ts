import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { writeDocument } from './support/document.ts'
import type { Effort, Part } from './support/part.ts'
import { print } from './support/print.ts'
import { machine, store } from './support/store.ts'

/**
 * `npm run bench` measures all of these, `npm run bench -- <part>...` those that are named, and writes what
 * it found into docs/benchmarks.md; with `--quick` only whether they work.
 */
const parts: Readonly<Record<string, () => Promise<{ part: Part }>>> = {
  accept: () => import('./accept.ts'),
  latency: () => import('./latency.ts'),
  render: () => import('./render/render.ts'),
  serve: () => import('./serve.ts'),
  scale: () => import('./scale.ts'),
  backlog: () => import('./backlog.ts'),
  memory: () => import('./memory.ts'),
  inspect: () => import('./inspect.ts'),
  listeners: () => import('./listeners.ts'),
  rebuild: () => import('./rebuild.ts'),
  slow: () => import('./slow.ts'),
  settings: () => import('./settings/settings.ts'),
}

/** Those that have a quick form, which takes seconds. */
const QUICK = ['accept', 'latency', 'render', 'serve', 'scale', 'backlog', 'memory']

const given = process.argv.slice(2)
const effort: Effort = given.includes('--quick') ? 'quick' : 'full'
const alone = given.includes('--alone')
const named = given.filter((one) => one !== '--quick' && one !== '--alone')
const known = effort === 'quick' ? QUICK : Object.keys(parts)
const unknown = named.filter((name) => !known.includes(name))

if (unknown.length > 0) {
  process.stderr.write(
    `No ${effort} part is called ${unknown.join(', ')}; there are ${known.join(', ')}\n`,
  )
  process.exitCode = 2
} else if (alone) {
  await measure(named[0] ?? '')
} else {
  process.exitCode = Math.max(...(named.length > 0 ? named : known).map(measureApart))
  if (effort === 'full') process.stdout.write(`${writeDocument(Object.keys(parts))}\n`)
}

/** Ends the process: the servers and the worker of a part may leave timers that would keep it. */
async function measure(name: string): Promise<void> {
  const load = parts[name]
  if (!load) return
  const { part } = await load()
  const { processor, cores, node, sharp, libvips } = machine()
  process.stdout.write(`${name}: ${part.what}\n`)
  process.stdout.write(
    `${cores} cores (${processor}), Node ${node}, sharp ${sharp}, libvips ${libvips}\n\n`,
  )
  const report = await part.measure(effort)
  const file = store({ part: name, what: part.what, effort, ...report })
  process.stdout.write(`${print(report)}\n${file}\n\n`, () => process.exit())
}

/** Parts set up libvips and start servers: none may find what another has left. */
function measureApart(name: string): number {
  const main = fileURLToPath(import.meta.url)
  const options = ['--alone', ...(effort === 'quick' ? ['--quick'] : [])]
  const { status } = spawnSync(process.execPath, [...process.execArgv, main, name, ...options], {
    stdio: 'inherit',
  })
  return status ?? 1
}
