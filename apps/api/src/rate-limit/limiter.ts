import { createHash } from 'node:crypto'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Redis } from '@visage/shared/queue/redis-connection'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import type { ApiMetrics, limitNames } from '../metrics.ts'
import type { Quota, RateConfig } from './settings.ts'

/** The state of a quota after a request. */
export interface QuotaState {
  readonly quota: Quota
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly msUntilReset: number
  readonly exceeded: boolean
}

type Limited = (typeof limitNames)[number]

type LimiterMetrics = Pick<ApiMetrics, 'rateLimitFallbacks' | 'refusedRate'>

interface Counter {
  readonly quota: Quota
  readonly limiter: RateLimiterAbstract
}

export interface LimiterOptions {
  /** Distinguishes the policies and Redis keys of this limiter from those of others. */
  readonly name: Limited
  readonly quotas: readonly Quota[]
  /** The prefix of all Redis keys. */
  readonly prefix: string
  /** Milliseconds to wait for Redis. After this time the process counts in memory. */
  readonly timeout: number
  /** Caches rejected clients in this process, so that their further requests do not reach Redis. */
  readonly cacheRefusals?: boolean
}

/**
 * Counts requests in Redis, for all processes together. While Redis is unavailable or too slow, each process counts in
 * memory. Redis stores the SHA-256 of user ids and addresses, never the plain values.
 */
export class Limiter {
  readonly name: Limited
  readonly #timeout: number
  readonly #shared: readonly Counter[]
  readonly #local: readonly Counter[]
  readonly #metrics: LimiterMetrics

  constructor(
    redis: Redis,
    { name, quotas, prefix, timeout, cacheRefusals }: LimiterOptions,
    metrics: LimiterMetrics,
  ) {
    this.name = name
    this.#metrics = metrics
    this.#timeout = timeout
    const redisOptions = { storeClient: redis, rejectIfRedisNotReady: true }
    const optionsOf = ({ name: window, amount: points, window: duration }: Quota) => {
      return { keyPrefix: `${prefix}:limit:${name}:${window}`, points, duration }
    }
    this.#shared = quotas.map((quota) => {
      const cacheOptions = cacheRefusals ? { inMemoryBlockOnConsumed: quota.amount + 1 } : {}
      const limiter = new RateLimiterRedis({
        ...optionsOf(quota),
        ...redisOptions,
        ...cacheOptions,
      })
      return { quota, limiter }
    })
    this.#local = quotas.map((quota) => {
      return { quota, limiter: new RateLimiterMemory(optionsOf(quota)) }
    })
  }

  /** @returns one state for each quota, up to the first exceeded quota; empty if there are no quotas */
  async count(client: string): Promise<readonly QuotaState[]> {
    const key = createHash('sha256').update(client, 'utf8').digest('base64url')
    const states = await this.#consumeAll(key)
    if (states.some(({ exceeded }) => exceeded)) this.#metrics.refusedRate.inc({ limit: this.name })
    return states
  }

  async #consumeAll(key: string): Promise<readonly QuotaState[]> {
    try {
      return await withTimeout(
        'rate limiting in Redis',
        this.#timeout,
        consumeAll(this.#shared, key),
      )
    } catch {
      this.#metrics.rateLimitFallbacks.inc()
      return consumeAll(this.#local, key)
    }
  }
}

export type Limiters = Readonly<Record<'uploads' | 'anonymous', Limiter>>

type LimitersConfig = RateConfig & { readonly queuePrefix: string; readonly queueTimeout: number }

export function openLimiters(
  redis: Redis,
  config: LimitersConfig,
  metrics: LimiterMetrics,
): Limiters {
  const { rateLimit, rateLimitAnonymous, queuePrefix: prefix, queueTimeout: timeout } = config
  const uploads: LimiterOptions = { name: 'uploads', quotas: rateLimit, prefix, timeout }
  const anonymous: LimiterOptions = {
    name: 'anonymous',
    quotas: rateLimitAnonymous,
    prefix,
    timeout,
    cacheRefusals: true,
  }
  return {
    uploads: new Limiter(redis, uploads, metrics),
    anonymous: new Limiter(redis, anonymous, metrics),
  }
}

/** Stops at the first exceeded quota, so a request rejected by a short window does not count against a longer one. */
async function consumeAll(
  counters: readonly Counter[],
  key: string,
): Promise<readonly QuotaState[]> {
  const states: QuotaState[] = []
  for (const counter of counters) {
    const state = await consume(counter, key)
    states.push(state)
    if (state.exceeded) break
  }
  return states
}

/**
 * rate-limiter-flexible rejects with a `RateLimiterRes` if the quota is exceeded, and with an error if counting fails.
 */
async function consume({ quota, limiter }: Counter, key: string): Promise<QuotaState> {
  const stateOf = (result: RateLimiterRes, exceeded: boolean) => ({
    quota,
    remaining: result.remainingPoints,
    msUntilReset: result.msBeforeNext,
    exceeded,
  })
  try {
    return stateOf(await limiter.consume(key), false)
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return stateOf(thrown, true)
    throw thrown
  }
}
