import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '@visage/stack/app'
import { startApp } from '@visage/stack/app'
import { scrape, those } from '../../test/support/http/scrape.ts'
import type { World } from '../../test/support/world/world.ts'
import { cpuSeconds } from '../support/proc.ts'
import { type Servers, upload } from '../support/service.ts'

/** Uploads sent at once to fill the queue. */
const CLIENTS = 16
const POLL = 50

/** What a worker waits for, by what it is of. */
const WAITED_FOR = { Postgres: ['begin', 'commit'], S3: ['fetch', 'publish', 'remove'] }

/** In place of the CPU of a server that was given: it may be on another machine. */
export const NOT_OURS = 'not ours'

type Who = 'workers' | 'S3' | 'Postgres' | 'Redis'

export interface Drained {
  /** Uploads that ended, a second, between the first tenth and the last. */
  readonly rate: number
  /** Cores' worth of CPU that each took meanwhile. */
  readonly cores: Readonly<Record<Who, number | typeof NOT_OURS>>
  /** Milliseconds that one step at each took, the mean of one worker's. */
  readonly steps: Readonly<Record<keyof typeof WAITED_FOR, number>>
}

/** A worker that leaves out what `env` names to it (worker-main.ts). */
export const startLessened = (world: World, env: NodeJS.ProcessEnv): Promise<App> =>
  startApp({
    name: 'worker',
    entry: new URL('./worker-main.ts', import.meta.url).pathname,
    env: { ...process.env, ...world.env, LOG_FORMAT: 'json', LOG_LEVEL: 'error', ...env },
    nodeArgs: ['--import', 'tsx', '--conditions=source'],
    log: '/dev/null',
  })

/** Fills the paused queue, starts the workers, lets them go, and watches the queue run empty. */
export async function drain(
  world: World,
  servers: Servers,
  pictures: { readonly port: number; readonly bytes: Buffer; readonly count: number },
  start: () => Promise<App[]>,
): Promise<Drained> {
  await world.queue.pause()
  await fill(pictures)
  const before = await ended(world)
  const workers = await start()
  const pids = {
    workers: workers.map(({ pid }) => pid),
    S3: ours(servers.s3),
    Postgres: ours(servers.postgres),
    Redis: ours(servers.redis),
  }
  await world.queue.resume()
  const from = await reached(world, before + Math.ceil(pictures.count * 0.1), pids)
  const to = await reached(world, before + Math.ceil(pictures.count * 0.9), pids)
  await reached(world, before + pictures.count, pids)
  const steps = await stepsOf(workers[0] as App)
  await Promise.all(workers.map((worker) => worker.stop()))
  return { ...between(from, to, pids), steps }
}

const ours = ({ pid }: { readonly pid?: number }) => (pid === undefined ? [] : [pid])

async function fill({ port, bytes, count }: { port: number; bytes: Buffer; count: number }) {
  let next = 0
  const client = async () => {
    for (let i = next++; i < count; i = next++) await upload(port, `user-${i}`, bytes)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

/** None of a server that was given. */
type Pids = Readonly<Record<Who, readonly number[]>>

interface Moment {
  readonly seconds: number
  readonly ended: number
  readonly cpu: Readonly<Record<Who, number>>
}

async function reached(world: World, count: number, pids: Pids): Promise<Moment> {
  for (;;) {
    const now = await ended(world)
    if (now >= count) return { seconds: performance.now() / 1000, ended: now, cpu: cpuOf(pids) }
    await delay(POLL)
  }
}

function cpuOf(pids: Pids): Moment['cpu'] {
  const sums = Object.entries(pids).map(([who, all]) => [
    who,
    all.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  ])
  return Object.fromEntries(sums)
}

function between(from: Moment, to: Moment, pids: Pids): Omit<Drained, 'steps'> {
  const seconds = to.seconds - from.seconds
  const cores = (Object.keys(pids) as Who[]).map((who) => [
    who,
    pids[who].length === 0 ? NOT_OURS : (to.cpu[who] - from.cpu[who]) / seconds,
  ])
  return { rate: (to.ended - from.ended) / seconds, cores: Object.fromEntries(cores) }
}

async function ended({ db }: World): Promise<number> {
  const [row] = await db('uploads').whereNotNull('finished_at').count({ count: '*' })
  return Number(row?.count)
}

/** By the worker's own metrics. */
async function stepsOf({ ports }: App): Promise<Drained['steps']> {
  const samples = await scrape(ports.ops)
  const total = (what: string, steps: readonly string[]) =>
    steps
      .flatMap((step) => those(samples, `visage_step_duration_seconds_${what}`, { step }))
      .reduce((sum, { value }) => sum + value, 0)
  const means = Object.entries(WAITED_FOR).map(([who, steps]) => [
    who,
    (total('sum', steps) / total('count', steps)) * 1000,
  ])
  return Object.fromEntries(means)
}
