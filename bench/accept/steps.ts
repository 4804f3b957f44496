import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { World } from '../../test/support/world/world.ts'
import { stepRows, totalCost } from '../support/cumulative-costs.ts'
import { startForkedServer } from '../support/forked-server.ts'
import { load } from '../support/load.ts'
import type { Table } from '../support/part.ts'
import { cpuSeconds } from '../support/proc.ts'
import { targetOf } from './uploads.ts'

export interface StepsPlan {
  readonly rounds: number
  /** Milliseconds of one round. */
  readonly round: number
}

/** Each server does one step more than the previous one. `calls` is its BENCH_CALLS. */
const STEPS = [
  { does: 'receive and answer the request: Node and Koa', calls: 0 },
  { does: 'read the body: raw-body', calls: 1 },
  { does: 'write the object: minio', calls: 2 },
  { does: 'enqueue the job: BullMQ and ioredis', calls: 3 },
] as const

const API_STEP = 'code of Visage: token, limits, revision, metadata, log, metrics'

interface Server {
  readonly does: string
  readonly pid: number
  readonly port: number
  stop(): unknown
}

/**
 * CPU per upload by step, with an object store that does nothing. Each server does one step more than the previous one. The last
 * one is the API. The servers are measured in turns.
 */
export async function cpuBySteps(
  world: World,
  body: Buffer,
  { rounds, round }: StepsPlan,
): Promise<Table> {
  const store = await startForkedServer(new URL('./null-s3-main.ts', import.meta.url))
  const servers = await startServers(world, { S3_ENDPOINT: `http://127.0.0.1:${store.port}` })
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
  const title = `API: CPU per upload, by step: ${totalCost(costs).toFixed(2)} ms`
  return { title, rows: stepRows(costs, 'upload') }
}

async function startServers(world: World, env: { S3_ENDPOINT: string }): Promise<Server[]> {
  const main = new URL('./bare-main.ts', import.meta.url)
  const bare = STEPS.map(async ({ does, calls }) => {
    const started = await startForkedServer(main, { ...world.env, ...env, BENCH_CALLS: `${calls}` })
    return { does, ...started }
  })
  const { pid, port, stop } = await world.startApiProcess(env)
  return [...(await Promise.all(bare)), { does: API_STEP, pid, port, stop }]
}

/** Milliseconds of CPU per upload. */
async function cpuOfUpload(pid: number, port: number, body: Buffer, round: number) {
  const before = cpuSeconds(pid)
  const { times } = await load(targetOf(port, body), round)
  return ((cpuSeconds(pid) - before) * 1000) / times.length
}
