import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { App } from '@visage/stack/app'
import { memory } from '../../test/support/servers/processes.ts'
import type { World } from '../../test/support/world/world.ts'
import type { Effort, Report, Row } from '../support/part.ts'
import { type Picture, uploadsOfADay } from '../support/pictures.ts'
import { onServers, upload } from '../support/service.ts'

const MIB = 1024 ** 2

/** Number of pictures, and the counts at which the memory is recorded. */
const PLAN = {
  quick: { pictures: 20, at: [5, 10, 20] },
  full: { pictures: 5000, at: [100, 500, 1000, 2000, 3000, 4000, 5000] },
}

/** Concurrent uploads, more than one worker renders at the same time. */
const CLIENTS = 8

/** Maximum memory at the end, relative to the first record. */
const BOUND = 1.15

/** Measures the memory of a worker and its render processes over many pictures. */
export async function worker(effort: Effort): Promise<Report> {
  const pictures = await uploadsOfADay()
  return onServers(async (world) => {
    const [api, app] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
    return report(await recordMemory(world, api.port, app, pictures, effort), effort)
  })
}

async function recordMemory(
  world: World,
  port: number,
  app: App,
  pictures: readonly Picture[],
  effort: Effort,
): Promise<Row[]> {
  const plan = PLAN[effort]
  const bar = new ProgressBar('pictures', plan.pictures)
  const rows: Row[] = []
  let [next, completed] = [0, 0]
  const client = async () => {
    for (let i = next++; i < plan.pictures; i = next++) {
      const { bytes } = pictures[i % pictures.length] as Picture
      await world.outcome(await upload(port, `bench-${i}`, bytes))
      completed++
      bar.step()
      if (plan.at.includes(completed)) rows.push(memoryRow(app, completed))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  bar.end()
  return rows
}

const memoryRow = ({ pid }: App, after: number): Row => ({
  'after pictures': after,
  'worker and its render processes, MiB': memory(pid) / MIB,
})

function report(rows: readonly Row[], effort: Effort): Report {
  const mebibytes = rows.map((row) => Number(row['worker and its render processes, MiB']))
  const value = (mebibytes.at(-1) ?? Number.NaN) / (mebibytes[0] ?? Number.NaN)
  const what = `memory of a worker after ${PLAN[effort].pictures} pictures, relative to ${PLAN[effort].at[0]},`
  return {
    tables: [{ title: 'A worker over many pictures', rows }],
    targets: [{ what, value, sense: 'at most', bound: BOUND }],
  }
}
