import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { picturesToSend } from './accept/uploads.ts'
import { type Drained, drain, startReducedWorker } from './scale/drain.ts'
import { type CumulativeCosts, stepRows, totalCost } from './support/cumulative-costs.ts'
import type { Effort, Part, Report } from './support/part.ts'
import { onServers } from './support/service.ts'

const PLAN = { quick: { rounds: 1, pictures: 20 }, full: { rounds: 5, pictures: 200 } }

/** Maximum share of the CPU for everything except rendering. */
const MAX_OVERHEAD = 0.15

/** Each worker does one step more than the previous one. `without` lists the steps that it skips. */
const STEPS = [
  {
    does: 'take and complete the job, write the receipt and the row',
    without: 'render,publish,fetch,remove',
  },
  { does: 'fetch and remove the raw object', without: 'render,publish' },
  { does: 'publish the variants', without: 'render' },
  { does: 'render, including the transfer to and from a renderer', without: '' },
] as const

export const part: Part = {
  what: 'CPU of a worker and its renderers per picture of 200 KB, by step',
  measure: (effort) =>
    onServers(async (world, servers) => {
      const { rounds, pictures } = PLAN[effort]
      const { port } = await world.startApiProcess({ LOG_LEVEL: 'error' })
      const [{ bytes } = { bytes: Buffer.alloc(0) }] = await picturesToSend()
      const bar = new ProgressBar('queues', rounds * STEPS.length)
      const costs = new Map<string, number[]>(STEPS.map(({ does }) => [does, []]))
      for (let round = 0; round < rounds; round++) {
        for (const { does, without } of STEPS) {
          const start = async () => [await startReducedWorker(world, { BENCH_WITHOUT: without })]
          const queue = { port, bytes, count: pictures }
          costs.get(does)?.push(costOf(await drain(world, servers, queue, start)))
          bar.step()
        }
      }
      bar.end()
      return report(costs, effort)
    }),
}

function report(costs: CumulativeCosts, effort: Effort): Report {
  const rows = stepRows(costs, 'picture')
  const { rounds, pictures } = PLAN[effort]
  const total = totalCost(costs).toFixed(1)
  const title = `Each worker does one step more, ${rounds} rounds of ${pictures} pictures: ${total} ms`
  const overhead = 1 - Number(rows.at(-1)?.share)
  const what = 'share of the CPU for everything except rendering,'
  const target = { what, value: overhead, sense: 'at most', bound: MAX_OVERHEAD } as const
  return { tables: [{ title, rows }], targets: [target] }
}

/** Milliseconds of CPU per picture. */
const costOf = ({ rate, cores }: Drained) => (Number(cores.workers) / rate) * 1000
