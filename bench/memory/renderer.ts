import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { Effort, Report, Row, Target } from '../support/part.ts'
import { type Picture, uploadsOfADay } from '../support/pictures.ts'
import { quantile } from '../support/quantile.ts'

/** Number of pictures in all, and until memory use must be stable. */
const PLAN = { quick: { pictures: 24, settled: 8 }, full: { pictures: 2000, settled: 100 } }

type Plan = (typeof PLAN)[Effort]

/** Maximum growth of memory use after `settled` pictures. */
const GROWTH = 0.1

const JEMALLOC = [
  '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
  '/usr/lib/aarch64-linux-gnu/libjemalloc.so.2',
].find((path) => existsSync(path))

const allocators: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  'system allocator': {},
  'system allocator, MALLOC_ARENA_MAX=2': { MALLOC_ARENA_MAX: '2' },
  ...(JEMALLOC && { jemalloc: { LD_PRELOAD: JEMALLOC } }),
}

/** Measures the resident memory (MiB) of one process that renders pictures one after the other. */
export async function renderer(effort: Effort): Promise<Report> {
  const plan = PLAN[effort]
  const pictures = await uploadsOfADay()
  const bar = new ProgressBar('pictures', plan.pictures * Object.keys(allocators).length)
  const measured: Measured[] = []
  for (const [allocator, environment] of Object.entries(allocators)) {
    const resident = await renderAll(pictures, plan.pictures, environment, bar)
    measured.push({ allocator, resident })
  }
  bar.end()
  return report(measured, plan)
}

interface Measured {
  readonly allocator: string
  /** MiB after each picture. */
  readonly resident: readonly number[]
}

/** Renders in a new process, so that the result does not include the memory for generating the pictures. */
async function renderAll(
  pictures: readonly Picture[],
  count: number,
  environment: NodeJS.ProcessEnv,
  bar: ProgressBar,
): Promise<number[]> {
  const child = fork(new URL('renderer-main.ts', import.meta.url), {
    env: { ...process.env, ...environment },
    serialization: 'advanced',
  })
  const resident: number[] = []
  child.on('message', (mebibytes: number) => {
    resident.push(mebibytes)
    bar.step()
  })
  child.send({ pictures: pictures.map(({ bytes }) => bytes), count })
  const [code] = await once(child, 'exit')
  if (code !== 0 || resident.length !== count) throw new Error('The renderer exited early')
  return resident
}

function report(measured: readonly Measured[], { pictures, settled }: Plan): Report {
  const rows = measured.map(({ allocator, resident }): Row => {
    const [early, late] = settledAndFinal(resident, settled)
    return {
      allocator,
      [`after ${settled}`]: early,
      'at the end': late,
      highest: Math.max(...resident),
      'end / settled': late / early,
    }
  })
  const title = `One process renders ${pictures} pictures, medians of ${settled} each, MiB`
  return { tables: [{ title, rows }], targets: measured.map((one) => target(one, settled)) }
}

function target({ allocator, resident }: Measured, settled: number): Target {
  const [early, late] = settledAndFinal(resident, settled)
  const what = `${allocator}: memory at the end, relative to ${settled} pictures,`
  return { what, value: late / early, sense: 'at most', bound: 1 + GROWTH }
}

/** Median memory after the first `settled` pictures, and at the end. */
function settledAndFinal(resident: readonly number[], settled: number): [number, number] {
  const early = quantile(resident.slice(settled, 2 * settled), 0.5)
  return [early, quantile(resident.slice(-settled), 0.5)]
}
