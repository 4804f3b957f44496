import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { ProgressBar } from '../../apps/worker/src/audit/progress-bar.ts'
import type { Part, Report, Row, Target } from '../support/part.ts'
import { type Picture, uploadsOfADay } from '../support/pictures.ts'
import { quantile } from '../support/quantile.ts'

const PICTURES = 2000

/** Pictures after which memory is to stay as it is, within this share. */
const [SETTLED, SPREAD] = [100, 0.1]

const JEMALLOC = [
  '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
  '/usr/lib/aarch64-linux-gnu/libjemalloc.so.2',
].find((path) => existsSync(path))

const allocators: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  "the system's own": {},
  'the same, MALLOC_ARENA_MAX=2': { MALLOC_ARENA_MAX: '2' },
  ...(JEMALLOC && { jemalloc: { LD_PRELOAD: JEMALLOC } }),
}

export const part: Part = {
  what: `resident memory while one process renders ${PICTURES} pictures in a row, MiB`,
  measure: async () => {
    const pictures = await uploadsOfADay()
    const bar = new ProgressBar('pictures', PICTURES * Object.keys(allocators).length)
    const measured: Measured[] = []
    for (const [allocator, environment] of Object.entries(allocators)) {
      measured.push({ allocator, resident: await renderAll(pictures, environment, bar) })
    }
    bar.end()
    return report(measured)
  },
}

interface Measured {
  readonly allocator: string
  /** MiB after each picture. */
  readonly resident: readonly number[]
}

/** A process of its own, which has done nothing else: what the generator took must not count. */
async function renderAll(
  pictures: readonly Picture[],
  environment: NodeJS.ProcessEnv,
  bar: ProgressBar,
): Promise<number[]> {
  const child = fork(new URL('memory-main.ts', import.meta.url), {
    env: { ...process.env, ...environment },
    serialization: 'advanced',
  })
  const resident: number[] = []
  child.on('message', (mebibytes: number) => {
    resident.push(mebibytes)
    bar.step()
  })
  child.send({ pictures: pictures.map(({ bytes }) => bytes), count: PICTURES })
  const [code] = await once(child, 'exit')
  if (code !== 0 || resident.length !== PICTURES) throw new Error('the renderer ended early')
  return resident
}

function report(measured: readonly Measured[]): Report {
  const rows = measured.map(
    ({ allocator, resident }): Row => ({
      allocator,
      [`after ${SETTLED}`]: settled(resident),
      'at the end': atTheEnd(resident),
      highest: Math.max(...resident),
      'end / settled': atTheEnd(resident) / settled(resident),
    }),
  )
  const title = `The median of ${SETTLED} pictures each, MiB`
  return { tables: [{ title, rows }], targets: measured.map(target) }
}

function target({ allocator, resident }: Measured): Target {
  const what = `${allocator}: memory at the end, of that after ${SETTLED} pictures,`
  const value = atTheEnd(resident) / settled(resident)
  return { what, value, sense: 'at most', bound: 1 + SPREAD }
}

const settled = (resident: readonly number[]) => quantile(resident.slice(SETTLED, 2 * SETTLED), 0.5)
const atTheEnd = (resident: readonly number[]) => quantile(resident.slice(-SETTLED), 0.5)
