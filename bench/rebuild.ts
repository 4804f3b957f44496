import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { RAW_PREFIX } from '@visage/shared/avatar/keys'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { App } from '@visage/stack/app'
import { childrenOf } from '@visage/stack/os'
import { metric } from '../test/support/http/scrape.ts'
import { tiny } from '../test/support/pictures/tiny.ts'
import type { World } from '../test/support/world/world.ts'
import type { Part, Report } from './support/part.ts'
import { onServers, upload } from './support/service.ts'

const UPLOADS = 10_000
const CLIENTS = 16
const WORKERS = 2
const POLL = 100

/** Runs the sweep as soon as a worker is ready, so that the result does not include its delay. */
const SWEEP = { SWEEP_AFTER: '1s', SWEEP_EVERY: '1s' }

/** Uses pictures of 64 pixels, so that rendering takes little of the time. */
export const part: Part = {
  what: `time until the sweep has restored a queue of ${UPLOADS} uploads after Redis lost all data`,
  measure: () =>
    onServers(
      async (world) => {
        const api = await world.startApiProcess()
        const accept = await measureSeconds(() => acceptAll(api.port))
        await world.redis.flushall()
        return rebuild(world, api, accept)
      },
      { flushesRedis: true },
    ),
}

async function rebuild(world: World, api: App, accept: number): Promise<Report> {
  const start = performance.now()
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () => world.startWorkerProcess(SWEEP)),
  )
  const [queued, drained] = await Promise.all([
    reached('requeued jobs', start, () => countRequeued(workers)),
    reached('completed uploads', start, () => countCompleted(world)),
  ])
  const lost = UPLOADS - (await countReady(world))
  const remaining = await countRawObjects(world)
  const rows = [
    { step: 'accept all uploads, without a worker', seconds: accept },
    { step: 'from the start of two workers until all jobs are requeued', seconds: queued },
    { step: 'from the start of two workers until all uploads are ready', seconds: drained },
  ]
  const memory = [
    { process: 'API', MiB: peakMemory([api.pid]) },
    { process: 'worker', MiB: Math.max(...workers.map(({ pid }) => peakMemory([pid]))) },
    {
      process: 'worker and its render processes',
      MiB: Math.max(...workers.map(({ pid }) => peakMemory([pid, ...childrenOf(pid)]))),
    },
    { process: 'Redis', MiB: await redisPeak(world) },
  ]
  return {
    tables: [
      { title: `${UPLOADS} uploads, Redis flushed`, rows },
      { title: 'Highest memory', rows: memory },
    ],
    targets: [
      { what: 'uploads lost', value: lost, sense: 'at most', bound: 0 },
      { what: 'remaining raw objects', value: remaining, sense: 'at most', bound: 0 },
    ],
  }
}

async function acceptAll(port: number): Promise<void> {
  const picture = await tiny()
  const bar = new ProgressBar('uploads accepted', UPLOADS)
  let next = 0
  const client = async () => {
    for (let i = next++; i < UPLOADS; i = next++) {
      await upload(port, `user-${i}`, picture)
      bar.step()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  bar.end()
}

/** @returns seconds from `start` until `count` is the number of all uploads */
async function reached(what: string, start: number, count: () => Promise<number>): Promise<number> {
  const bar = new ProgressBar(what, UPLOADS)
  for (let seen = 0; seen < UPLOADS; ) {
    const now = await count()
    for (; seen < now; seen++) bar.step()
    await delay(POLL)
  }
  bar.end()
  return (performance.now() - start) / 1000
}

async function countRequeued(workers: readonly App[]): Promise<number> {
  const counts = workers.map(({ ports }) =>
    metric(ports.ops, 'visage_sweep_total', { decision: 'requeue' }),
  )
  return (await Promise.all(counts)).reduce<number>((sum, count = 0) => sum + count, 0)
}

async function countCompleted({ db }: World): Promise<number> {
  const [row] = await db('uploads').whereNotNull('finished_at').count({ count: '*' })
  return Number(row?.count)
}

async function countReady({ db }: World): Promise<number> {
  const [row] = await db('uploads').where('state', 'ready').count({ count: '*' })
  return Number(row?.count)
}

async function countRawObjects({ store }: World): Promise<number> {
  let count = 0
  for await (const _ of store.list(RAW_PREFIX)) count++
  return count
}

/** Sum of the highest resident memory of the processes, in MiB. Linux only. */
function peakMemory(pids: readonly number[]): number {
  const peakOf = (pid: number) =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return pids.reduce((sum, pid) => sum + peakOf(pid), 0) / 1024
}

async function redisPeak({ redis }: World): Promise<number> {
  const info = await redis.info('memory')
  return Number(/used_memory_peak:(\d+)/.exec(info)?.[1]) / 1024 ** 2
}

async function measureSeconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
