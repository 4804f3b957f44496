import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { World } from '../../test/support/world/world.ts'
import { startForked } from '../support/forked.ts'
import { stepsOf, wholeOf } from '../support/ladder.ts'
import { load } from '../support/load.ts'
import type { Table } from '../support/part.ts'
import { cpuSeconds } from '../support/proc.ts'
import { targetOf } from './uploads.ts'

export interface StepsPlan {
  readonly rounds: number
  /** Milliseconds. */
  readonly round: number
}

/** What each server does more than the one before it. */
const LADDER = [
  { does: 'the request taken and answered: Node and Koa', calls: 0 },
  { does: 'the body joined: raw-body', calls: 1 },
  { does: 'the object put: minio', calls: 2 },
  { does: 'the job queued: BullMQ and ioredis', calls: 3 },
] as const

const OURS = 'all else that is ours: token, limits, revision, metadata, log, metrics'

interface Server {
  readonly does: string
  readonly pid: number
  readonly port: number
  stop(): unknown
}

/**
 * CPU of an upload by step, against an object store that does nothing: each server does one thing more than the one before
 * it, and the last is the API. They take turns.
 */
export async function cpuBySteps(
  world: World,
  body: Buffer,
  { rounds, round }: StepsPlan,
): Promise<Table> {
  const store = await startForked(new URL('./null-s3-main.ts', import.meta.url))
  const servers = await startLadder(world, { S3_ENDPOINT: `http://127.0.0.1:${store.port}` })
  const bar = new ProgressBar('steps', (rounds + 1) * servers.length)
  const costs = new Map<string, number[]>(servers.map(({ does }) => [does, []]))
  for (let i = 0; i <= rounds; i++) {
    for (const { does, pid, port } of servers) {
      const cost = await cpuOfUpload(pid, port, body, round)
      if (i > 0) costs.get(does)?.push(cost)
      bar.step()
    }
  }
  bar.end()
  await Promise.all(servers.map((server) => server.stop()))
  store.stop()
  const title = `API, the same by step: ${wholeOf(costs).toFixed(2)} ms`
  return { title, rows: stepsOf(costs, 'an upload') }
}

async function startLadder(world: World, env: { S3_ENDPOINT: string }): Promise<Server[]> {
  const main = new URL('./bare-main.ts', import.meta.url)
  const bare = LADDER.map(async ({ does, calls }) => {
    const started = await startForked(main, { ...world.env, ...env, BENCH_CALLS: `${calls}` })
    return { does, ...started }
  })
  const { pid, port, stop } = await world.startApiProcess(env)
  return [...(await Promise.all(bare)), { does: OURS, pid, port, stop }]
}

/** Milliseconds. */
async function cpuOfUpload(pid: number, port: number, body: Buffer, round: number) {
  const before = cpuSeconds(pid)
  const { times } = await load(targetOf(port, body), round)
  return ((cpuSeconds(pid) - before) * 1000) / times.length
}
