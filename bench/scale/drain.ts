import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '@visage/stack/app'
import { startApp } from '@visage/stack/app'
import type { Servers } from '@visage/stack/servers'
import type { World } from '../../test/support/world.ts'
import { cpuSeconds } from '../support/proc.ts'
import { upload } from '../support/service.ts'

/** Uploads sent at once to fill the queue. */
const CLIENTS = 16
const POLL = 50

export interface Drained {
  /** Uploads that ended, a second, between the first tenth and the last. */
  readonly rate: number
  /** Cores' worth of CPU that each took meanwhile. */
  readonly cores: Readonly<Record<'workers' | 'S3' | 'Postgres' | 'Redis', number>>
}

/** A worker that only waits where it would render. */
export const startWaiting = (world: World, wait: number, concurrency: number): Promise<App> =>
  startApp({
    name: 'worker',
    entry: new URL('./worker-main.ts', import.meta.url).pathname,
    env: {
      ...process.env,
      ...world.env,
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'error',
      BENCH_WAIT: `${wait}`,
      WORKER_CONCURRENCY: `${concurrency}`,
    },
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
    S3: [servers.s3.pid],
    Postgres: [servers.postgres.pid],
    Redis: [servers.redis.pid],
  }
  await world.queue.resume()
  const from = await reached(world, before + Math.ceil(pictures.count * 0.1), pids)
  const to = await reached(world, before + Math.ceil(pictures.count * 0.9), pids)
  await reached(world, before + pictures.count, pids)
  await Promise.all(workers.map((worker) => worker.stop()))
  return between(from, to)
}

async function fill({ port, bytes, count }: { port: number; bytes: Buffer; count: number }) {
  let next = 0
  const client = async () => {
    for (let i = next++; i < count; i = next++) await upload(port, `user-${i}`, bytes)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

type Pids = Readonly<Record<keyof Drained['cores'], readonly number[]>>

interface Moment {
  readonly seconds: number
  readonly ended: number
  readonly cpu: Drained['cores']
}

async function reached(world: World, count: number, pids: Pids): Promise<Moment> {
  for (;;) {
    const now = await ended(world)
    if (now >= count) return { seconds: performance.now() / 1000, ended: now, cpu: cpuOf(pids) }
    await delay(POLL)
  }
}

function cpuOf(pids: Pids): Drained['cores'] {
  const sums = Object.entries(pids).map(([who, all]) => [
    who,
    all.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  ])
  return Object.fromEntries(sums)
}

function between(from: Moment, to: Moment): Drained {
  const seconds = to.seconds - from.seconds
  const cores = Object.entries(to.cpu).map(([who, cpu]) => [
    who,
    (cpu - from.cpu[who as keyof Drained['cores']]) / seconds,
  ])
  return { rate: (to.ended - from.ended) / seconds, cores: Object.fromEntries(cores) }
}

async function ended({ db }: World): Promise<number> {
  const [row] = await db('uploads').whereNotNull('finished_at').count({ count: '*' })
  return Number(row?.count)
}
