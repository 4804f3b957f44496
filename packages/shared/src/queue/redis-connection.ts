import { Cluster } from 'ioredis'
import type { RedisConfig } from '../config/redis.ts'
import { withTlsAdvice } from '../errors/tls.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { Logger } from '../log/logger.ts'
import { queueKey } from './redis-keys.ts'
import { openers, pingMasters, type Redis, type Role } from './redis-modes.ts'

export type { Redis, Role } from './redis-modes.ts'

/** @param timeout milliseconds that a producer's command may take */
export function connectRedis(config: RedisConfig, role: Role, timeout: number, log: Logger): Redis {
  const redis = openers[config.redisMode](config, role, timeout)
  logOutages(redis, log)
  return redis
}

/** Waits for the connection so that the first requests find it, but no longer: Redis may be away at boot. */
export async function waitForRedis(redis: Redis, patience: number): Promise<void> {
  await withTimeout('the first contact with Redis', patience, connected(redis)).catch(
    () => undefined,
  )
}

async function connected(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve))
  if (redis instanceof Cluster) await pingMasters(redis.nodes('master'))
}

/** Asks whichever server has the queue, which in a Cluster is one of several. Rejects where it is away. */
export async function pingQueue(redis: Redis, prefix: string): Promise<void> {
  await redis.exists(queueKey(redis, prefix))
}

/** Whether Redis answers now: a frozen one still looks connected. */
export function isRedisAvailable(redis: Redis, prefix: string): Promise<boolean> {
  return withTimeout('an answer of Redis', 1000, pingQueue(redis, prefix)).then(
    () => true,
    () => false,
  )
}

/** ioredis says the same error at every attempt; a log needs the outage's start and end. */
function logOutages(redis: Redis, log: Logger): void {
  let away = false
  redis.on('error', (error) => {
    if (!away) log.warn({ err: withTlsAdvice(error, 'REDIS_CA') }, 'redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info('redis is back')
    away = false
  })
  redis.on('node error', (err, node) => log.debug({ err, node }, 'a node of redis is away'))
}
