import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { tiny } from '../test/support/pictures/tiny.ts'
import type { World } from '../test/support/world/world.ts'
import { type Drained, drain, NOT_OURS, startLessened } from './scale/drain.ts'
import type { Effort, Part, Report, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, type Servers } from './support/service.ts'

/** Uploads for each worker process, or for each second that it takes. */
const PLAN = {
  quick: { rounds: 1, pictures: 8, processes: [1, 2], wait: 200, seconds: 1 },
  full: { rounds: 3, pictures: 150, processes: [1, 2, 4, 8, 16, 32], wait: 1000, seconds: 10 },
}

/** Pictures that each simulated worker waits for at once. */
const CONCURRENCY = 4

const [OF_ONE, OF_LINEAR] = [1.8, 0.9]

/** A server whose steps take so many times as long as for one process is the limit. */
const SLOWED = 5

export const part: Part = {
  what: 'uploads that workers see to a second: rendering on this machine, and with a wait in its place',
  measure: (effort) =>
    onServers(async (world, servers) => {
      const { port } = await world.startApiProcess({ LOG_LEVEL: 'error' })
      const real = await rendering(world, servers, port, effort)
      const waits = await waiting(world, servers, port, effort)
      return report(real, waits, effort)
    }),
}

type Series = { readonly processes: number; readonly drained: Drained }[]

/** In turns, one picture at a time in each process, so that two processes have a core each. */
async function rendering(world: World, servers: Servers, port: number, effort: Effort) {
  const { rounds, pictures } = PLAN[effort]
  const bytes = readFileSync(new URL('../docs/sample.jpg', import.meta.url))
  const bar = new ProgressBar('queues of real pictures', 2 * rounds)
  const measured: Series = []
  for (let round = 0; round < rounds; round++) {
    for (const processes of [1, 2]) {
      const start = () =>
        startMany(processes, () => world.startWorkerProcess({ WORKER_CONCURRENCY: '1' }))
      const count = pictures * processes
      measured.push({
        processes,
        drained: await drain(world, servers, { port, bytes, count }, start),
      })
      bar.step()
    }
  }
  bar.end()
  return measured
}

async function waiting(world: World, servers: Servers, port: number, effort: Effort) {
  const { processes: all, wait, seconds } = PLAN[effort]
  const bytes = await tiny()
  const bar = new ProgressBar('queues of simulated ones', all.length)
  const measured: Series = []
  for (const processes of all) {
    const env = {
      BENCH_WITHOUT: 'render',
      BENCH_WAIT: `${wait}`,
      WORKER_CONCURRENCY: `${CONCURRENCY}`,
    }
    const start = () => startMany(processes, () => startLessened(world, env))
    const count = Math.round(processes * linear(effort) * seconds)
    measured.push({
      processes,
      drained: await drain(world, servers, { port, bytes, count }, start),
    })
    bar.step()
  }
  bar.end()
  return measured
}

/** What one process would do a second if waiting were all that there is to do. */
const linear = (effort: Effort) => (CONCURRENCY * 1000) / PLAN[effort].wait

const startMany = <T>(count: number, start: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, start))

function report(real: Series, waits: Series, effort: Effort): Report {
  const two = quantile(ratesOf(real, 2), 0.5) / quantile(ratesOf(real, 1), 0.5)
  const first = waits[0]?.drained.rate ?? Number.NaN
  const shareOf = ({ processes, drained }: Series[number]) => drained.rate / (processes * first)
  const limit = waits.findIndex((one) => slowest(one, waits[0])[1] >= SLOWED)
  const last = (limit < 0 ? waits.at(-1) : waits[limit - 1]) as Series[number]
  const bars = waits.map(({ processes, drained }) => ({
    label: `${processes} ${processes === 1 ? 'process' : 'processes'}`,
    value: drained.rate,
  }))
  const { wait } = PLAN[effort]
  return {
    tables: [
      { title: 'Rendering, one picture at a time in each process', rows: real.map(realRow) },
      {
        title: `A wait of ${wait} ms in place of rendering, ${CONCURRENCY} at a time in each process; ${limitOf(waits[limit], waits[0])}`,
        rows: waits.map((one) => ({ ...realRow(one), 'of linear': shareOf(one) })),
      },
    ],
    charts: [{ title: 'Uploads a second, a wait in place of rendering', unit: 'a second', bars }],
    targets: [
      { what: 'two processes on two cores, of one,', value: two, sense: 'at least', bound: OF_ONE },
      {
        what: `${last.processes} simulated processes, the most before the limit, of linear,`,
        value: shareOf(last),
        sense: 'at least',
        bound: OF_LINEAR,
      },
    ],
  }
}

function ratesOf(series: Series, processes: number): number[] {
  return series.filter((one) => one.processes === processes).map(({ drained }) => drained.rate)
}

/** Cores, of how many, and of whom that is not known. */
function used({ cores }: Drained): string {
  const known = Object.values(cores).filter((one) => one !== NOT_OURS)
  const sum = known.reduce((a, b) => a + b).toFixed(1)
  const others = Object.entries(cores).flatMap(([who, one]) => (one === NOT_OURS ? [who] : []))
  const without = others.length > 0 ? `, without ${others.join(' and ')}, which are not ours` : ''
  return `${sum} of ${cpus().length} cores${without}`
}

/** Whose steps have become longer the most, and how many times. */
function slowest(one: Series[number], first = one): [who: string, times: number] {
  const growth = Object.entries(one.drained.steps).map(([who, ms]): [string, number] => [
    who,
    ms / first.drained.steps[who as keyof Drained['steps']],
  ])
  return growth.reduce((a, b) => (b[1] > a[1] ? b : a))
}

function limitOf(limit: Series[number] | undefined, first: Series[number] | undefined): string {
  if (!limit) return 'no limit was met'
  const [who, times] = slowest(limit, first)
  return `with ${limit.processes} the limit is ${who}, whose steps take ${times.toFixed(0)} times as long, at ${used(limit.drained)}`
}

function realRow({ processes, drained: { rate, cores, steps } }: Series[number]): Row {
  return {
    'worker processes': processes,
    'uploads a second': rate,
    ...Object.fromEntries(Object.entries(cores).map(([who, used]) => [`${who}, cores`, used])),
    ...Object.fromEntries(Object.entries(steps).map(([who, ms]) => [`a step at ${who}, ms`, ms])),
  }
}
