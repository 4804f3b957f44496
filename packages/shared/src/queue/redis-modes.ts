import type { ConnectionOptions } from 'node:tls'
import { Cluster, Redis as Server } from 'ioredis'
import type { RedisConfig } from '../config/redis.ts'
import { parseRedisUrl, type RedisAddress } from '../config/redis-url.ts'
import { withSettlingConnect } from './cluster-connect.ts'

export type Redis = Server | Cluster

/**
 * `producer`: serves requests. A command fails immediately while Redis is unavailable and is never queued.
 * `consumer`: serves workers. A command waits until Redis is available.
 */
export type Role = 'producer' | 'consumer'

type Open = (config: RedisConfig, role: Role, timeout: number) => Redis

/** Maximum milliseconds between two attempts to reconnect. */
const MAX_RECONNECT_DELAY = 2000

/** Milliseconds. */
const CONNECT_TIMEOUT = 5000

/** Maximum milliseconds for a Sentinel to name the master. A frozen Sentinel never answers. */
const SENTINEL_TIMEOUT = 1000

/**
 * Milliseconds without a response after which a connection is closed, for a server that vanished without closing it.
 * The value for consumers must exceed the duration of BullMQ's blocking reads, which is at most 10 s.
 */
const SOCKET_TIMEOUT = { producer: 5_000, consumer: 15_000 }

/** Milliseconds between two attempts of a command whose Cluster node is unavailable or being replaced. */
const CLUSTER_RETRY_DELAY = 100

/** Milliseconds that a worker's command waits for such a node. A Cluster replaces a node in less time. */
const CLUSTER_FAILOVER_TIMEOUT = 30_000

export const openByMode: Readonly<Record<RedisConfig['redisMode'], Open>> = {
  single: openSingle,
  cluster: openCluster,
  sentinel: openSentinel,
}

/** Passes the URL to ioredis, except for TLS: with a `rediss:` URL ioredis ignores separate certificates. */
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
 * `dnsLookup` keeps host names, because TLS compares them with the certificate; ioredis would replace them by
 * addresses. `maxRedirections` converts the maximum wait for a node into a number of attempts.
 */
function openCluster(config: RedisConfig, role: Role, timeout: number): Redis {
  const address = parseRedisUrl(config.redisUrl)
  const maxWait = role === 'producer' ? timeout : CLUSTER_FAILOVER_TIMEOUT
  const nodes = address.hosts.map(({ host, port = 6379 }) => ({ host, port }))
  const cluster = new Cluster(nodes, {
    clusterRetryStrategy: reconnectDelay,
    enableOfflineQueue: role === 'consumer',
    maxRedirections: Math.max(3, Math.ceil(maxWait / CLUSTER_RETRY_DELAY)),
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

/** Connects to the nodes. ioredis connects to a node at its first command, which would fail. */
export async function pingMasters(nodes: readonly Server[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.ping().catch(() => undefined)))
}

const reconnectDelay = (attempt: number) => Math.min(attempt * 100, MAX_RECONNECT_DELAY)

const toServer = (role: Role, timeout: number) => ({
  ...perConnection(role, timeout),
  retryStrategy: reconnectDelay,
  enableOfflineQueue: role === 'consumer',
})

/** Reconnects on READONLY: a master that became a replica answers so, and a new connection reaches the new master. */
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
