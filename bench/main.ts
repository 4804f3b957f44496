import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { stopAsked } from '@visage/stack/ends'
import type { GivenServers } from '@visage/stack/servers'
import { Terminal } from '@visage/stack/terminal'
import { writeDocument } from './support/document.ts'
import { givenServers } from './support/given.ts'
import type { Effort, Part } from './support/part.ts'
import { print } from './support/print.ts'
import { machine, store } from './support/store.ts'
import { removeTraces } from './support/traces.ts'

/**
 * `npm run bench` measures all of these, `npm run bench -- <part>...` those that are named, and writes what
 * it found into docs/benchmarks.md, where the others stay; with `--quick` only whether they work.
 */
const parts: Readonly<Record<string, () => Promise<{ part: Part }>>> = {
  accept: () => import('./accept.ts'),
  latency: () => import('./latency.ts'),
  render: () => import('./render/render.ts'),
  serve: () => import('./serve.ts'),
  picture: () => import('./picture.ts'),
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
const QUICK = ['accept', 'latency', 'render', 'serve', 'picture', 'scale', 'backlog', 'memory']

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
  await measure(named[0] ?? '').catch(fail)
} else {
  await measureAll(named.length > 0 ? named : known).catch(fail)
}

function fail(error: unknown): never {
  new Terminal(process.stderr).problem(error)
  process.exit(1)
}

/** After an interruption no other part is begun. */
async function measureAll(names: readonly string[]): Promise<void> {
  const servers = await givenServers(process.env)
  const over = new AbortController()
  stopAsked(() => over.abort())
  const codes: number[] = []
  for (const name of names) {
    if (!over.signal.aborted) codes.push(await measureApart(name, servers, over.signal))
  }
  process.exitCode = Math.max(...codes)
  if (effort === 'full' && !over.signal.aborted)
    process.stdout.write(`${writeDocument(Object.keys(parts), names)}\n`)
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

/**
 * Parts set up libvips and start servers: none may find what another has left. However the process of one ends,
 * what it has made in given servers is removed then.
 */
async function measureApart(name: string, servers: GivenServers, over: AbortSignal) {
  const options = ['--alone', ...(effort === 'quick' ? ['--quick'] : [])]
  const child = fork(fileURLToPath(import.meta.url), [name, ...options])
  const worlds: string[] = []
  child.on('message', (world: string) => worlds.push(world))
  const kill = () => child.kill()
  over.addEventListener('abort', kill)
  const [code] = await once(child, 'exit')
  over.removeEventListener('abort', kill)
  const left = (await Promise.all(worlds.map((world) => removeTraces(world, servers)))).flat()
  for (const one of left) process.stderr.write(`Not removed: ${one}\n`)
  return left.length > 0 ? 1 : Number(code ?? 1)
}
