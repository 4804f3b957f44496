import { join } from 'node:path'
import { queueKey } from '@visage/shared/queue/redis-keys'
import { MAINTENANCE_QUEUE } from '@visage/shared/queue/upload-job'
import type { App } from '@visage/stack/app'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterEach, beforeEach, expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { someone } from '../support/http/http.ts'
import { metric } from '../support/http/scrape.ts'
import { tiny } from '../support/pictures/tiny.ts'
import {
  areDown,
  type RedisCluster,
  type RedisNode,
  startRedisCluster,
} from '../support/servers/redis/cluster.ts'

let dir: string
let redis: RedisCluster
const faultCase = faultSuite(() => redis.env)

beforeEach(async () => {
  dir = temporaryFolder()
  redis = await startRedisCluster(join(dir, 'redis'), { replicated: true })
})
afterEach(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

/** Returns the node that holds the queue. The other nodes redirect. */
async function queueNode({ world }: Trial) {
  const key = queueKey(world.redis, `${world.env.QUEUE_PREFIX}`)
  const has = redis.nodes.map(({ client }) =>
    client.exists(key).then(
      () => true,
      () => false,
    ),
  )
  const index = (await Promise.all(has)).indexOf(true)
  const node = redis.nodes[index]
  if (!node) throw new Error('no node has the queue')
  return node
}

const signals = { 'is killed': 'SIGKILL', 'is frozen': 'SIGSTOP' } as const

for (const [what, signal] of Object.entries(signals))
  faultCase(
    {
      fault: `the queue's node of a Cluster ${what} under load`,
      holds: 'no upload is lost or refused',
    },
    async (trial) => {
      await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
      const load = new Load(trial)
      await load.reached(12)
      const { server } = await queueNode(trial)
      server.kill(signal)
      trial.startRecovery()
      await load.done
      expect(load.refused).toBe(0)
    },
  )

const without = (dead: RedisNode) => redis.nodes.filter((node) => node !== dead)

/** Returns the IDs of the connections to these nodes on which workers block for their timers. */
async function blockingOn(nodes: readonly RedisNode[]): Promise<string[]> {
  const lists = await Promise.all(nodes.map(({ client }) => client.client('LIST')))
  const name = Buffer.from(MAINTENANCE_QUEUE).toString('base64')
  const lines = lists.flatMap((list) => `${list}`.split('\n'))
  return lines.filter((line) => line.includes(`:${name} `)).map((line) => line.split(' ')[1] ?? '')
}

/**
 * Resolves once the Cluster is down and a worker has opened a connection that is not in `old`, or after 30 s: a worker
 * on a busy machine may find the Cluster down first, and then reconnects after the failover.
 */
async function reconnected(nodes: readonly RedisNode[], old: ReadonlySet<string>): Promise<void> {
  await areDown(nodes)
  await eventually('a new connection of a worker', 30_000, async () => {
    const now = await blockingOn(nodes)
    return now.some((connection) => !old.has(connection))
  }).catch(() => undefined)
}

const attempts = async ({ ports }: App) =>
  (await metric(ports.ops, 'visage_attempt_duration_seconds_count')) ?? 0

/** Resolves once the worker has finished a job. */
async function finishesJob(trial: Trial, worker: App): Promise<void> {
  const before = await attempts(worker)
  await eventually('a job of the worker', 60_000, async () => {
    await trial.upload(someone(), await tiny())
    return (await attempts(worker)) > before
  })
}

/** Allows or forbids replicas to take over from their master, however long they were disconnected. */
async function setFailover(nodes: readonly RedisNode[], allowed: boolean): Promise<void> {
  for (const { client } of nodes) {
    await client.config('SET', 'cluster-replica-validity-factor', '0')
    await client.config('SET', 'cluster-replica-no-failover', allowed ? 'no' : 'yes')
  }
}

faultCase(
  {
    fault:
      "the queue's node of a Cluster is killed, and replaced after the workers have reconnected",
    holds: 'no upload is lost or refused, and both workers continue',
  },
  async (trial) => {
    const [, ...workers] = await Promise.all([
      trial.startApi(),
      trial.startWorker(),
      trial.startWorker(),
    ])
    const load = new Load(trial)
    await load.reached(12)
    const node = await queueNode(trial)
    await setFailover(without(node), false)
    const old = new Set(await blockingOn(without(node)))
    node.server.kill('SIGKILL')
    trial.startRecovery()
    await reconnected(without(node), old)
    await setFailover(without(node), true)
    await load.done
    expect(load.refused).toBe(0)
    for (const worker of workers) await finishesJob(trial, worker)
  },
)
