import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { Effort, Report, Row, Target } from '../support/part.ts'
import { type Picture, uploadsOfADay } from '../support/pictures.ts'
import { quantile } from '../support/quantile.ts'

/** Pictures, and how many of them may pass until memory is to stay as it is. */
const PLAN = { quick: { pictures: 24, settled: 8 }, full: { pictures: 2000, settled: 100 } }

type Plan = (typeof PLAN)[Effort]

/** Within this share. */
const SPREAD = 0.1

const JEMALLOC = [
  '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
  '/usr/lib/aarch64-linux-gnu/libjemalloc.so.2',
].find((path) => existsSync(path))

const allocators: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  "the system's own": {},
  'the same, MALLOC_ARENA_MAX=2': { MALLOC_ARENA_MAX: '2' },
  ...(JEMALLOC && { jemalloc: { LD_PRELOAD: JEMALLOC } }),
}

/** Resident memory, MiB, while one process renders pictures in a row. */
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

/** A process of its own, which has done nothing else: what the generator took must not count. */
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
  if (code !== 0 || resident.length !== count) throw new Error('the renderer ended early')
  return resident
}

function report(measured: readonly Measured[], { pictures, settled }: Plan): Report {
  const rows = measured.map(({ allocator, resident }): Row => {
    const [early, late] = ends(resident, settled)
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
  const [early, late] = ends(resident, settled)
  const what = `${allocator}: memory at the end, of that after ${settled} pictures,`
  return { what, value: late / early, sense: 'at most', bound: 1 + SPREAD }
}

/** Once it has settled, and at the end. */
function ends(resident: readonly number[], settled: number): [number, number] {
  const early = quantile(resident.slice(settled, 2 * settled), 0.5)
  return [early, quantile(resident.slice(-settled), 0.5)]
}
