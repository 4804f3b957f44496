import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { onPort } from '@visage/stack/ports'
import { type Redis as Server, startRedis } from '@visage/stack/redis'
import type { Redis } from 'ioredis'
import { eventually } from '../../domain/eventually.ts'
import type { Environment } from '../../world/world.ts'
import { connect, plain, type Transport } from './transport.ts'

export interface RedisNode {
  readonly server: Server
  readonly client: Redis
  /** Port of the Cluster bus. */
  readonly bus: number
}

export interface RedisCluster {
  readonly nodes: readonly RedisNode[]
  /** Settings of an app that uses it. */
  readonly env: Environment
  stop(): Promise<void>
}

interface ClusterSettings {
  /** Whether each master has a replica. */
  readonly replicated?: boolean
  readonly transport?: Transport
}

const MASTERS = 3
const SLOTS = 16_384

/** Milliseconds: silence until a node counts as failed, and limits for the time to join. */
const NODE_TIMEOUT = 2000
const JOINED = 30_000

/** Starts three masters on free ports of loopback, each with a replica if `replicated` is set. */
export async function startRedisCluster(
  dir: string,
  { replicated = false, transport = plain }: ClusterSettings = {},
): Promise<RedisCluster> {
  const password = randomBytes(16).toString('hex')
  const folders = Array.from({ length: replicated ? 2 * MASTERS : MASTERS }, (_, i) => `${i}`)
  const nodes = await Promise.all(
    folders.map((name) => startNode(join(dir, name), password, transport)),
  )
  await form(nodes)
  const hosts = nodes.map(({ server }) => `127.0.0.1:${server.port}`)
  return {
    nodes,
    env: {
      ...transport.env,
      REDIS_URL: `${transport.scheme}://:${password}@${hosts}`,
      REDIS_MODE: 'cluster',
    },
    async stop() {
      for (const { client } of nodes) client.disconnect()
      await Promise.all(nodes.map(({ server }) => server.stop()))
    },
  }
}

function startNode(dir: string, password: string, transport: Transport): Promise<RedisNode> {
  return onPort(undefined, async (bus) => {
    const configuration = (port: number) => `${transport.lines(port)}
cluster-enabled yes
cluster-port ${bus}
cluster-node-timeout ${NODE_TIMEOUT}
masterauth ${password}
`
    const server = await startRedis({ dir, password, configuration })
    return { server, client: connect(server.port, password, transport), bus }
  })
}

/** Creates the Cluster like `redis-cli --cluster create`, without that program. */
async function form(nodes: readonly RedisNode[]): Promise<void> {
  const masters = nodes.slice(0, MASTERS)
  await Promise.all(nodes.map((node, i) => cluster(node, 'SET-CONFIG-EPOCH', i + 1)))
  await Promise.all(masters.map((node, i) => cluster(node, 'ADDSLOTSRANGE', ...slotsOf(i))))
  await Promise.all(nodes.slice(1).map((node) => meet(nodes[0], node)))
  const known = new RegExp(`cluster_known_nodes:${nodes.length}\\b`)
  await eventually('every node knows all others', JOINED, () => allSay(nodes, known))
  await Promise.all(nodes.slice(MASTERS).map((node, i) => replicate(node, nodes[i])))
  await eventually('the cluster is up', JOINED, () => allSay(nodes, /cluster_state:ok/))
}

const cluster = (node: RedisNode | undefined, ...command: (string | number)[]) =>
  node?.client.call('CLUSTER', ...command)

const slotsOf = (master: number): [first: number, last: number] => {
  const start = (index: number) => Math.floor((index * SLOTS) / MASTERS)
  return [start(master), start(master + 1) - 1]
}

const meet = (one: RedisNode | undefined, { server, bus }: RedisNode) =>
  cluster(one, 'MEET', '127.0.0.1', server.port, bus)

async function replicate(node: RedisNode, master: RedisNode | undefined): Promise<void> {
  await cluster(node, 'REPLICATE', `${await cluster(master, 'MYID')}`)
  const isSynchronous = async () =>
    (await node.client.info('replication')).includes('master_link_status:up')
  await eventually('a replica has its copy', JOINED, isSynchronous)
}

async function allSay(nodes: readonly RedisNode[], what: RegExp): Promise<boolean> {
  const states = await Promise.all(nodes.map((node) => cluster(node, 'INFO')))
  return states.every((state) => what.test(`${state}`))
}

/** Resolves once these nodes report the Cluster as down. */
export const areDown = (nodes: readonly RedisNode[]) =>
  eventually('the cluster is down', JOINED, () => allSay(nodes, /cluster_state:fail/))
