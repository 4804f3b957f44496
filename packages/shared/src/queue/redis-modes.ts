import type { ConnectionOptions } from 'node:tls'
import { Cluster, Redis as Server } from 'ioredis'
import type { RedisConfig } from '../config/redis.ts'
import { parseRedisUrl, type RedisAddress } from '../config/redis-url.ts'
import { withSettlingConnect } from './cluster-connect.ts'

export type Redis = Server | Cluster

/**
 * `producer` answers a request that waits: it fails at once while Redis is away and never queues a
 * command. `consumer` belongs to a worker, which waits for Redis as long as it takes.
 */
export type Role = 'producer' | 'consumer'

type Open = (config: RedisConfig, role: Role, timeout: number) => Redis

const RECONNECT_CAP = 2000
const CONNECT_TIMEOUT = 5000

/** How long a Sentinel may take to say who the master is, in milliseconds; a frozen one never does. */
const SENTINEL_TIMEOUT = 1000

/**
 * Milliseconds without an answer after which a connection is given up, for a server that is gone
 * without a word: longer than BullMQ's blocking reads, which are answered after 10 s at most.
 */
const SOCKET_TIMEOUT = { producer: 5_000, consumer: 15_000 }

/** Milliseconds between two attempts at a command whose node of a Cluster is away, or is being replaced. */
const CLUSTER_RETRY_DELAY = 100

/** How long a worker's command waits for such a node, in milliseconds: longer than a Cluster takes to replace it. */
const CLUSTER_FAILOVER_TIMEOUT = 30_000

export const openers: Readonly<Record<RedisConfig['redisMode'], Open>> = {
  single: openSingle,
  cluster: openCluster,
  sentinel: openSentinel,
}

/** The address is ioredis's to read, but for TLS, where it would take no certificates beside it. */
function openSingle(config: RedisConfig, role: Role, timeout: number): Redis {
  const { tls } = parseRedisUrl(config.redisUrl)
  return new Server(config.redisUrl.replace(/^rediss:/, 'redis:'), {
    ...toServer(role, timeout),
    ...(tls ? { tls: tlsOf(config) } : {}),
  })
}

function openSentinel(config: RedisConfig, role: Role, timeout: number): Redis {
  const address = parseRedisUrl(config.redisUrl)
  const tls = tlsOf(config)
  return new Server({
    ...toServer(role, timeout),
    ...login(address),
    sentinels: address.hosts.map(({ host, port = 26_379 }) => ({ host, port })),
    name: `${config.redisSentinelName}`,
    db: Number(address.path.slice(1)),
    sentinelUsername: config.redisSentinelUser,
    sentinelPassword: config.redisSentinelPassword,
    sentinelCommandTimeout: SENTINEL_TIMEOUT,
    sentinelRetryStrategy: reconnectDelay,
    ...(address.tls ? { tls, sentinelTLS: tls, enableTLSForSentinelMode: true } : {}),
  })
}

/**
 * Names are left to TLS, which holds them against the certificate: ioredis would put an address in their place.
 * What a command waits for its node is counted in attempts, each after a respite.
 */
function openCluster(config: RedisConfig, role: Role, timeout: number): Redis {
  const address = parseRedisUrl(config.redisUrl)
  const patience = role === 'producer' ? timeout : CLUSTER_FAILOVER_TIMEOUT
  const nodes = address.hosts.map(({ host, port = 6379 }) => ({ host, port }))
  const cluster = new Cluster(nodes, {
    clusterRetryStrategy: reconnectDelay,
    enableOfflineQueue: role === 'consumer',
    maxRedirections: Math.max(3, Math.ceil(patience / CLUSTER_RETRY_DELAY)),
    retryDelayOnFailover: CLUSTER_RETRY_DELAY,
    retryDelayOnClusterDown: CLUSTER_RETRY_DELAY,
    retryDelayOnTryAgain: CLUSTER_RETRY_DELAY,
    dnsLookup: (host, done) => done(null, host),
    redisOptions: {
      ...perConnection(role, timeout),
      ...login(address),
      ...(address.tls ? { tls: tlsOf(config) } : {}),
    },
  })
  cluster.on('ready', () => void pingMasters(cluster.nodes('master')))
  cluster.on('+node', (node: Server) => cluster.status === 'ready' && void pingMasters([node]))
  return withSettlingConnect(cluster)
}

/** Connects to these nodes, which ioredis does as they are needed: the first commands would find them away. */
export async function pingMasters(nodes: readonly Server[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.ping().catch(() => undefined)))
}

const reconnectDelay = (attempt: number) => Math.min(attempt * 100, RECONNECT_CAP)

const toServer = (role: Role, timeout: number) => ({
  ...perConnection(role, timeout),
  retryStrategy: reconnectDelay,
  enableOfflineQueue: role === 'consumer',
})

/** A master that became a replica says READONLY: a new connection leads to its successor. */
const perConnection = (role: Role, timeout: number) => ({
  connectTimeout: CONNECT_TIMEOUT,
  socketTimeout: SOCKET_TIMEOUT[role],
  reconnectOnError: ({ message }: Error) => message.includes('READONLY'),
  ...(role === 'producer'
    ? { maxRetriesPerRequest: 0, commandTimeout: timeout }
    : { maxRetriesPerRequest: null }),
})

const login = ({ username, password }: RedisAddress) => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
})

function tlsOf({ redisCa: ca, redisCert: cert, redisKey: key }: RedisConfig): ConnectionOptions {
  return { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) }
}
