import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { prepareEngine } from '../apps/worker/src/image/engine.ts'
import { limits } from '../apps/worker/src/image/limits.ts'
import { headerBombs, sidelessBombs } from '../test/support/pictures/hostile/bombs.ts'
import { inspectFile } from '../test/support/pictures/inspect-file.ts'
import type { Part } from './support/part.ts'
import { quantile } from './support/quantile.ts'

const RUNS = 101

/** Milliseconds. */
const BOUND = 50

export const part: Part = {
  what: 'time to reject a picture by its header, before any pixel is decoded',
  measure: async () => {
    prepareEngine()
    const bombs = [...headerBombs, ...sidelessBombs]
    const bar = new ProgressBar('bombs', bombs.length)
    const rows = []
    for (const { name, make } of bombs) {
      const times = await rejectionTimes(await make())
      rows.push({ bomb: name, 'median ms': quantile(times, 0.5), 'longest ms': Math.max(...times) })
      bar.step()
    }
    bar.end()
    const slowest = Math.max(...rows.map((row) => row['median ms']))
    const what = 'milliseconds to reject the slowest bomb, median,'
    return {
      tables: [{ title: `${RUNS} runs each`, rows }],
      targets: [{ what, value: slowest, sense: 'at most', bound: BOUND }],
    }
  },
}

async function rejectionTimes(bytes: Buffer): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now()
    const isRejected = await inspectFile(bytes, limits).then(
      () => false,
      () => true,
    )
    times.push(performance.now() - started)
    if (!isRejected) throw new Error('The picture was not rejected by its header')
  }
  return times
}
