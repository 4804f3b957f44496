import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { App } from '@visage/stack/app'
import { memory } from '../../test/support/servers/processes.ts'
import type { World } from '../../test/support/world/world.ts'
import type { Effort, Report, Row } from '../support/part.ts'
import { type Picture, uploadsOfADay } from '../support/pictures.ts'
import { onServers, upload } from '../support/service.ts'

const MIB = 1024 ** 2

/** Pictures, and after how many the memory is written down. */
const PLAN = {
  quick: { pictures: 20, at: [5, 10, 20] },
  full: { pictures: 5000, at: [100, 500, 1000, 2000, 3000, 4000, 5000] },
}

/** Uploads under way at the same time: more than a worker takes on a small machine. */
const CLIENTS = 8

/** At the end, of that at the first look. */
const FLAT = 1.15

/** A worker and its render processes over a long day. */
export async function worker(effort: Effort): Promise<Report> {
  const pictures = await uploadsOfADay()
  return onServers(async (world) => {
    const [api, app] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
    return report(await watch(world, api.port, app, pictures, effort), effort)
  })
}

async function watch(
  world: World,
  port: number,
  app: App,
  pictures: readonly Picture[],
  effort: Effort,
): Promise<Row[]> {
  const plan = PLAN[effort]
  const bar = new ProgressBar('pictures', plan.pictures)
  const rows: Row[] = []
  let [next, ended] = [0, 0]
  const client = async () => {
    for (let i = next++; i < plan.pictures; i = next++) {
      const { bytes } = pictures[i % pictures.length] as Picture
      await world.outcome(await upload(port, `bench-${i}`, bytes))
      ended++
      bar.step()
      if (plan.at.includes(ended)) rows.push(look(app, ended))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  bar.end()
  return rows
}

const look = ({ pid }: App, after: number): Row => ({
  'after pictures': after,
  'worker and its render processes, MiB': memory(pid) / MIB,
})

function report(rows: readonly Row[], effort: Effort): Report {
  const mebibytes = rows.map((row) => Number(row['worker and its render processes, MiB']))
  const value = (mebibytes.at(-1) ?? Number.NaN) / (mebibytes[0] ?? Number.NaN)
  const what = `memory of a worker after ${PLAN[effort].pictures} pictures, of that after ${PLAN[effort].at[0]},`
  return {
    tables: [{ title: 'A worker over many pictures', rows }],
    targets: [{ what, value, sense: 'at most', bound: FLAT }],
  }
}
