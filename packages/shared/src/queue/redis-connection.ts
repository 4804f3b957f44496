import { Cluster } from 'ioredis'
import type { RedisConfig } from '../config/redis.ts'
import { withTlsAdvice } from '../errors/tls.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { Logger } from '../log/logger.ts'
import { queueKey } from './redis-keys.ts'
import { openByMode, pingMasters, type Redis, type Role } from './redis-modes.ts'

export type { Redis, Role } from './redis-modes.ts'

/** @param timeout maximum milliseconds of a producer's command */
export function connectRedis(config: RedisConfig, role: Role, timeout: number, log: Logger): Redis {
  const redis = openByMode[config.redisMode](config, role, timeout)
  logOutages(redis, log)
  return redis
}

/** Waits for the connection so that the first requests can use it. Resolves after `timeout` if Redis is unavailable. */
export async function waitForRedis(redis: Redis, timeout: number): Promise<void> {
  await withTimeout('connecting to Redis', timeout, connected(redis)).catch(() => undefined)
}

async function connected(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve))
  if (redis instanceof Cluster) await pingMasters(redis.nodes('master'))
}

/** Asks the server that has the queue; in a Cluster, that is one of several. Rejects if it is unavailable. */
export async function pingQueue(redis: Redis, prefix: string): Promise<void> {
  await redis.exists(queueKey(redis, prefix))
}

/** Returns whether Redis answers within a second. The connection status is not enough: a frozen Redis is connected. */
export function isRedisAvailable(redis: Redis, prefix: string): Promise<boolean> {
  return withTimeout('pinging Redis', 1000, pingQueue(redis, prefix)).then(
    () => true,
    () => false,
  )
}

/** Logs the start and end of an outage. ioredis emits the same error at every attempt to reconnect. */
function logOutages(redis: Redis, log: Logger): void {
  let unavailable = false
  redis.on('error', (error) => {
    if (!unavailable)
      log.warn({ err: withTlsAdvice(error, 'REDIS_CA') }, 'Redis became unavailable')
    unavailable = true
  })
  redis.on('ready', () => {
    if (unavailable) log.info('Redis became available')
    unavailable = false
  })
  redis.on('node error', (err, node) => log.debug({ err, node }, 'Failed to reach Redis node'))
}
