import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { tiny } from '../test/support/pictures/tiny.ts'
import type { World } from '../test/support/world/world.ts'
import { type Drained, drain, EXTERNAL, startReducedWorker } from './scale/drain.ts'
import type { Effort, Part, Report, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, type Servers } from './support/service.ts'

/** `pictures` is per worker process. `seconds` is the expected duration with a wait of `wait` ms instead of rendering. */
const PLAN = {
  quick: { rounds: 1, pictures: 8, processes: [1, 2], wait: 200, seconds: 1 },
  full: { rounds: 3, pictures: 150, processes: [1, 2, 4, 8, 16, 32], wait: 1000, seconds: 10 },
}

/** Concurrent waits of each simulated worker. */
const CONCURRENCY = 4

/** Minimum rate of two processes relative to one, and of simulated processes relative to linear scaling. */
const [TWO_TO_ONE, TO_LINEAR] = [1.8, 0.9]

/** A server is the limit if its steps take this many times as long as with one process. */
const LIMIT_FACTOR = 5

export const part: Part = {
  what: 'uploads that workers complete per second: with rendering, and with a wait instead of rendering',
  measure: (effort) =>
    onServers(async (world, servers) => {
      const { port } = await world.startApiProcess({ LOG_LEVEL: 'error' })
      const real = await rendering(world, servers, port, effort)
      const waits = await waiting(world, servers, port, effort)
      return report(real, waits, effort)
    }),
}

type Series = { readonly processes: number; readonly drained: Drained }[]

/** Measures one and two processes in turns. Each renders one picture at a time, so that two processes have one core each. */
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
  const bar = new ProgressBar('queues of simulated pictures', all.length)
  const measured: Series = []
  for (const processes of all) {
    const env = {
      BENCH_WITHOUT: 'render',
      BENCH_WAIT: `${wait}`,
      WORKER_CONCURRENCY: `${CONCURRENCY}`,
    }
    const start = () => startMany(processes, () => startReducedWorker(world, env))
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

/** Uploads per second of one process if it did nothing except wait. */
const linear = (effort: Effort) => (CONCURRENCY * 1000) / PLAN[effort].wait

const startMany = <T>(count: number, start: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, start))

function report(real: Series, waits: Series, effort: Effort): Report {
  const two = quantile(ratesOf(real, 2), 0.5) / quantile(ratesOf(real, 1), 0.5)
  const first = waits[0]?.drained.rate ?? Number.NaN
  const shareOf = ({ processes, drained }: Series[number]) => drained.rate / (processes * first)
  const limit = waits.findIndex((one) => slowest(one, waits[0])[1] >= LIMIT_FACTOR)
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
        title: `A wait of ${wait} ms instead of rendering, ${CONCURRENCY} at a time in each process. ${limitOf(waits[limit], waits[0])}`,
        rows: waits.map((one) => ({ ...realRow(one), 'relative to linear': shareOf(one) })),
      },
    ],
    charts: [
      { title: 'Uploads per second, with a wait instead of rendering', unit: 'per second', bars },
    ],
    targets: [
      {
        what: 'two processes on two cores, relative to one,',
        value: two,
        sense: 'at least',
        bound: TWO_TO_ONE,
      },
      {
        what: `${last.processes} simulated processes, the largest number below the limit, relative to linear,`,
        value: shareOf(last),
        sense: 'at least',
        bound: TO_LINEAR,
      },
    ],
  }
}

function ratesOf(series: Series, processes: number): number[] {
  return series.filter((one) => one.processes === processes).map(({ drained }) => drained.rate)
}

/** Describes the cores in use. Names the external servers, whose cores are not known. */
function describeCores({ cores }: Drained): string {
  const known = Object.values(cores).filter((value) => value !== EXTERNAL)
  const sum = known.reduce((a, b) => a + b).toFixed(1)
  const external = Object.entries(cores).flatMap(([name, value]) =>
    value === EXTERNAL ? [name] : [],
  )
  const exclusion = external.length > 0 ? ` (without external servers: ${external.join(', ')})` : ''
  return `${sum} of ${cpus().length} cores${exclusion}`
}

/** The server whose steps slowed down the most relative to `first`, and the factor. */
function slowest(one: Series[number], first = one): [server: string, factor: number] {
  const growth = Object.entries(one.drained.steps).map(([server, ms]): [string, number] => [
    server,
    ms / first.drained.steps[server as keyof Drained['steps']],
  ])
  return growth.reduce((a, b) => (b[1] > a[1] ? b : a))
}

function limitOf(limit: Series[number] | undefined, first: Series[number] | undefined): string {
  if (!limit) return 'No limit was reached'
  const [server, factor] = slowest(limit, first)
  return `With ${limit.processes} processes the limit is ${server}: its steps take ${factor.toFixed(0)} times as long. CPU: ${describeCores(limit.drained)}`
}

function realRow({ processes, drained: { rate, cores, steps } }: Series[number]): Row {
  return {
    'worker processes': processes,
    'uploads per second': rate,
    ...Object.fromEntries(Object.entries(cores).map(([name, used]) => [`${name}, cores`, used])),
    ...Object.fromEntries(Object.entries(steps).map(([name, ms]) => [`${name} step, ms`, ms])),
  }
}
