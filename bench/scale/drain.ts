import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '@visage/stack/app'
import { startApp } from '@visage/stack/app'
import { scrape, those } from '../../test/support/http/scrape.ts'
import type { World } from '../../test/support/world/world.ts'
import { cpuSeconds } from '../support/proc.ts'
import { type Servers, upload } from '../support/service.ts'

/** Concurrent uploads that fill the queue. */
const CLIENTS = 16
const POLL = 50

/** Steps in which a worker waits for a server, by server. */
const STEPS_BY_SERVER = { Postgres: ['begin', 'commit'], S3: ['fetch', 'publish', 'remove'] }

/** Printed instead of the CPU of an external server, which may run on another machine. */
export const EXTERNAL = 'external'

type Consumer = 'workers' | 'S3' | 'Postgres' | 'Redis'

export interface Drained {
  /** Completed uploads per second, without the first and the last tenth of the uploads. */
  readonly rate: number
  /** Average number of cores in use during that time. */
  readonly cores: Readonly<Record<Consumer, number | typeof EXTERNAL>>
  /** Mean milliseconds of one step by server, from the metrics of one worker. */
  readonly steps: Readonly<Record<keyof typeof STEPS_BY_SERVER, number>>
}

/** Starts a worker that skips the steps in `env.BENCH_WITHOUT` (see worker-main.ts). */
export const startReducedWorker = (world: World, env: NodeJS.ProcessEnv): Promise<App> =>
  startApp({
    name: 'worker',
    entry: new URL('./worker-main.ts', import.meta.url).pathname,
    env: { ...process.env, ...world.env, LOG_FORMAT: 'json', LOG_LEVEL: 'error', ...env },
    nodeArgs: ['--import', 'tsx', '--conditions=source'],
    log: '/dev/null',
  })

/** Fills the paused queue, starts the workers, resumes the queue and measures until it is empty. */
export async function drain(
  world: World,
  servers: Servers,
  pictures: { readonly port: number; readonly bytes: Buffer; readonly count: number },
  start: () => Promise<App[]>,
): Promise<Drained> {
  await world.queue.pause()
  await fill(pictures)
  const before = await countEnded(world)
  const workers = await start()
  const pids = {
    workers: workers.map(({ pid }) => pid),
    S3: pidsOf(servers.s3),
    Postgres: pidsOf(servers.postgres),
    Redis: pidsOf(servers.redis),
  }
  await world.queue.resume()
  const from = await reached(world, before + Math.ceil(pictures.count * 0.1), pids)
  const to = await reached(world, before + Math.ceil(pictures.count * 0.9), pids)
  await reached(world, before + pictures.count, pids)
  const steps = await stepsOf(workers[0] as App)
  await Promise.all(workers.map((worker) => worker.stop()))
  return { ...between(from, to, pids), steps }
}

const pidsOf = ({ pid }: { readonly pid?: number }) => (pid === undefined ? [] : [pid])

async function fill({ port, bytes, count }: { port: number; bytes: Buffer; count: number }) {
  let next = 0
  const client = async () => {
    for (let i = next++; i < count; i = next++) await upload(port, `user-${i}`, bytes)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

/** Process IDs by consumer. Empty for an external server. */
type Pids = Readonly<Record<Consumer, readonly number[]>>

interface Moment {
  readonly seconds: number
  readonly ended: number
  readonly cpu: Readonly<Record<Consumer, number>>
}

async function reached(world: World, count: number, pids: Pids): Promise<Moment> {
  for (;;) {
    const now = await countEnded(world)
    if (now >= count) return { seconds: performance.now() / 1000, ended: now, cpu: cpuOf(pids) }
    await delay(POLL)
  }
}

function cpuOf(pids: Pids): Moment['cpu'] {
  const sums = Object.entries(pids).map(([consumer, all]) => [
    consumer,
    all.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  ])
  return Object.fromEntries(sums)
}

function between(from: Moment, to: Moment, pids: Pids): Omit<Drained, 'steps'> {
  const seconds = to.seconds - from.seconds
  const cores = (Object.keys(pids) as Consumer[]).map((consumer) => [
    consumer,
    pids[consumer].length === 0 ? EXTERNAL : (to.cpu[consumer] - from.cpu[consumer]) / seconds,
  ])
  return { rate: (to.ended - from.ended) / seconds, cores: Object.fromEntries(cores) }
}

async function countEnded({ db }: World): Promise<number> {
  const [row] = await db('uploads').whereNotNull('finished_at').count({ count: '*' })
  return Number(row?.count)
}

/** Mean duration of the steps, from the metrics of the worker. */
async function stepsOf({ ports }: App): Promise<Drained['steps']> {
  const samples = await scrape(ports.ops)
  const total = (what: string, steps: readonly string[]) =>
    steps
      .flatMap((step) => those(samples, `visage_step_duration_seconds_${what}`, { step }))
      .reduce((sum, { value }) => sum + value, 0)
  const means = Object.entries(STEPS_BY_SERVER).map(([server, steps]) => [
    server,
    (total('sum', steps) / total('count', steps)) * 1000,
  ])
  return Object.fromEntries(means)
}
