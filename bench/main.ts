import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Part } from './support/part.ts'
import { print } from './support/print.ts'
import { machine, store } from './support/store.ts'

/** `npm run bench` measures all of these, `npm run bench -- <part>...` those that are named. */
const parts: Readonly<Record<string, () => Promise<{ part: Part }>>> = {
  latency: () => import('./latency.ts'),
  render: () => import('./render/render.ts'),
  inspect: () => import('./inspect.ts'),
  memory: () => import('./render/memory.ts'),
  listeners: () => import('./listeners.ts'),
  rebuild: () => import('./rebuild.ts'),
  settings: () => import('./settings/settings.ts'),
  serve: () => import('./serve.ts'),
  slow: () => import('./slow.ts'),
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !(name in parts))
if (unknown.length > 0) {
  process.stderr.write(`No part is called ${unknown.join(', ')}; there are ${listed()}\n`)
  process.exitCode = 2
} else if (names.length === 1) {
  await measure(names[0] ?? '')
} else {
  const wanted = names.length > 0 ? names : Object.keys(parts)
  process.exitCode = Math.max(...wanted.map(measureApart))
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
  const report = await part.measure()
  process.stdout.write(`${print(report)}\n${store(name, report)}\n\n`, () => process.exit())
}

/** Parts set up libvips and start servers: none may find what another has left. */
function measureApart(name: string): number {
  const main = fileURLToPath(import.meta.url)
  const { status } = spawnSync(process.execPath, [...process.execArgv, main, name], {
    stdio: 'inherit',
  })
  return status ?? 1
}

function listed(): string {
  return Object.keys(parts).join(', ')
}
