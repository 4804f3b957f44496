import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { picturesToSend } from './accept/uploads.ts'
import { type Drained, drain, startLessened } from './scale/drain.ts'
import { type Ladder, stepsOf, wholeOf } from './support/ladder.ts'
import type { Effort, Part, Report } from './support/part.ts'
import { onServers } from './support/service.ts'

const PLAN = { quick: { rounds: 1, pictures: 20 }, full: { rounds: 5, pictures: 200 } }

/** What may be spent on a picture beside rendering it, of the whole. */
const AROUND = 0.15

/** What each worker does more than the one before it, and what it leaves out. */
const LADDER = [
  {
    does: 'the job taken and ended, the receipt and the row',
    without: 'render,publish,fetch,remove',
  },
  { does: 'the raw object fetched and removed', without: 'render,publish' },
  { does: 'the variants published', without: 'render' },
  { does: 'rendered, and handed to a renderer and back', without: '' },
] as const

export const part: Part = {
  what: 'CPU of a worker and its renderers for a picture of 200 KB, by step',
  measure: (effort) =>
    onServers(async (world, servers) => {
      const { rounds, pictures } = PLAN[effort]
      const { port } = await world.startApiProcess({ LOG_LEVEL: 'error' })
      const [{ bytes } = { bytes: Buffer.alloc(0) }] = await picturesToSend()
      const bar = new ProgressBar('queues', rounds * LADDER.length)
      const costs = new Map<string, number[]>(LADDER.map(({ does }) => [does, []]))
      for (let round = 0; round < rounds; round++) {
        for (const { does, without } of LADDER) {
          const start = async () => [await startLessened(world, { BENCH_WITHOUT: without })]
          const queue = { port, bytes, count: pictures }
          costs.get(does)?.push(costOf(await drain(world, servers, queue, start)))
          bar.step()
        }
      }
      bar.end()
      return report(costs, effort)
    }),
}

function report(costs: Ladder, effort: Effort): Report {
  const rows = stepsOf(costs, 'a picture')
  const { rounds, pictures } = PLAN[effort]
  const whole = wholeOf(costs).toFixed(1)
  const title = `Workers that do one thing more each, ${rounds} times ${pictures} pictures: ${whole} ms`
  const around = 1 - Number(rows.at(-1)?.['of the whole'])
  const what = 'all that is not rendering, of the whole,'
  const target = { what, value: around, sense: 'at most', bound: AROUND } as const
  return { tables: [{ title, rows }], targets: [target] }
}

/** Milliseconds of CPU for a picture. */
const costOf = ({ rate, cores }: Drained) => (Number(cores.workers) / rate) * 1000
