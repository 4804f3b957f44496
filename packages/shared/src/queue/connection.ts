import { Redis } from 'ioredis'
import { within } from '../lifecycle/deadline.ts'
import type { Logger } from '../log/logger.ts'

export type { Redis } from 'ioredis'

/**
 * `producer` answers a request that waits: it fails at once while Redis is away and never queues a
 * command. `consumer` belongs to a worker, which waits for Redis as long as it takes.
 */
export type Role = 'producer' | 'consumer'

const RECONNECT_CAP = 2000

/**
 * Milliseconds without an answer after which a connection is given up, for a server that is gone
 * without a word: longer than BullMQ's blocking reads, which are answered after 10 s at most.
 */
const SILENCE = { producer: 5_000, consumer: 15_000 }

/** @param timeout milliseconds that a producer's command may take */
export function connectRedis(url: string, role: Role, timeout: number, log: Logger): Redis {
  const redis = new Redis(url, {
    connectTimeout: 5000,
    socketTimeout: SILENCE[role],
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_CAP),
    ...(role === 'producer'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: timeout }
      : { maxRetriesPerRequest: null }),
  })
  logOutages(redis, log)
  return redis
}

/** Waits for the connection so that the first requests find it, but no longer: Redis may be away at boot. */
export async function firstContact(redis: Redis, patience: number): Promise<void> {
  if (redis.status === 'ready') return
  const ready = new Promise((resolve) => redis.once('ready', resolve))
  await within('the first contact with Redis', patience, ready).catch(() => undefined)
}

/** Whether Redis answers now: a frozen one still looks connected. */
export function answers(redis: Redis): Promise<boolean> {
  return within('an answer of Redis', 1000, redis.ping()).then(
    () => true,
    () => false,
  )
}

/** ioredis says the same error at every attempt; a log needs the outage's start and end. */
function logOutages(redis: Redis, log: Logger): void {
  let away = false
  redis.on('error', (error) => {
    if (!away) log.warn({ err: error }, 'redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info('redis is back')
    away = false
  })
}
