import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ExternalServers } from '@visage/stack/servers'
import { waitForStopSignal } from '@visage/stack/supervision'
import { Terminal } from '@visage/stack/terminal'
import { writeDocument } from './support/document.ts'
import { readExternalServers } from './support/external-servers.ts'
import type { Effort, Part } from './support/part.ts'
import { print } from './support/print.ts'
import { machine, store } from './support/store.ts'
import { removeWorldData } from './support/world-cleanup.ts'

/**
 * `npm run bench` measures all parts. `npm run bench -- <part>...` measures some of them. Both update the sections of the
 * measured parts in docs/benchmarks.md. `--quick` only checks whether the parts work.
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
  limits: () => import('./limits.ts'),
  'outcome-waiters': () => import('./outcome-waiters.ts'),
  rebuild: () => import('./rebuild.ts'),
  slow: () => import('./slow.ts'),
  settings: () => import('./settings/settings.ts'),
}

/** Parts that support `--quick`. */
const QUICK = ['accept', 'latency', 'render', 'serve', 'picture', 'scale', 'backlog', 'memory']

const args = process.argv.slice(2)
const effort: Effort = args.includes('--quick') ? 'quick' : 'full'
const alone = args.includes('--alone')
const named = args.filter((arg) => arg !== '--quick' && arg !== '--alone')
const known = effort === 'quick' ? QUICK : Object.keys(parts)
const unknown = named.filter((name) => !known.includes(name))

if (unknown.length > 0) {
  process.stderr.write(
    `Unknown part for a ${effort} run: ${unknown.join(', ')}. Choose from ${known.join(', ')}.\n`,
  )
  process.exitCode = 2
} else if (alone) {
  await measure(named[0] ?? '').catch(fail)
} else {
  await measureAll(named.length > 0 ? named : known).catch(fail)
}

function fail(error: unknown): never {
  new Terminal(process.stderr).printError(error)
  process.exit(1)
}

/** Measures the parts one after the other. An interruption prevents further parts. */
async function measureAll(names: readonly string[]): Promise<void> {
  const servers = await readExternalServers(process.env)
  const interruption = new AbortController()
  waitForStopSignal(() => interruption.abort())
  const codes: number[] = []
  for (const name of names) {
    if (interruption.signal.aborted) break
    codes.push(await measureInProcess(name, servers, interruption.signal))
  }
  process.exitCode = Math.max(...codes)
  if (effort === 'full' && !interruption.signal.aborted)
    process.stdout.write(`${writeDocument(Object.keys(parts), names)}\n`)
}

/** Measures one part and then exits, because servers and workers of a part can leave timers that keep the process alive. */
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
 * Measures a part in its own process, because parts configure libvips and start servers. After the process exits, even by a
 * failure, removes its data from external servers.
 * @returns the exit code
 */
async function measureInProcess(name: string, servers: ExternalServers, interruption: AbortSignal) {
  const options = ['--alone', ...(effort === 'quick' ? ['--quick'] : [])]
  const child = fork(fileURLToPath(import.meta.url), [name, ...options])
  const worlds: string[] = []
  child.on('message', (world: string) => worlds.push(world))
  const kill = () => child.kill()
  interruption.addEventListener('abort', kill)
  const [code] = await once(child, 'exit')
  interruption.removeEventListener('abort', kill)
  const failures = (
    await Promise.all(worlds.map((world) => removeWorldData(world, servers)))
  ).flat()
  for (const failure of failures) process.stderr.write(`Could not remove ${failure}\n`)
  return failures.length > 0 ? 1 : Number(code ?? 1)
}
