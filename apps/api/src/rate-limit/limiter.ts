import { createHash } from 'node:crypto'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Redis } from '@visage/shared/queue/redis-connection'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import type { ApiMetrics, limited } from '../metrics.ts'
import type { Quota, RateConfig } from './settings.ts'

/** What is left of a quota after a request; `wait` is how many milliseconds its window still has. */
export interface QuotaState {
  readonly quota: Quota
  readonly left: number
  readonly wait: number
  readonly refused: boolean
}

type Limited = (typeof limited)[number]

type LimiterMetrics = Pick<ApiMetrics, 'rateLimitFallbacks' | 'refusedRate'>

interface Counter {
  readonly quota: Quota
  readonly limiter: RateLimiterAbstract
}

export interface LimiterOptions {
  /** Tells this limiter's policies and keys from another's. */
  readonly name: Limited
  readonly quotas: readonly Quota[]
  /** What its keys in Redis begin with. */
  readonly prefix: string
  /** Milliseconds that counting in Redis may take. */
  readonly timeout: number
  /** Whether this process remembers whom Redis refused, so that a flood of theirs stays off Redis. */
  readonly cacheRefusals?: boolean
}

/**
 * Counts requests in Redis, for all processes together; while Redis is away or too slow, in this
 * process. Redis holds no name of a user and no address, but their SHA-256.
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
    const inRedis = { storeClient: redis, rejectIfRedisNotReady: true }
    const optionsOf = ({ name: window, amount: points, window: duration }: Quota) => {
      return { keyPrefix: `${prefix}:limit:${name}:${window}`, points, duration }
    }
    this.#shared = quotas.map((quota) => {
      const memory = cacheRefusals ? { inMemoryBlockOnConsumed: quota.amount + 1 } : {}
      const limiter = new RateLimiterRedis({ ...optionsOf(quota), ...inRedis, ...memory })
      return { quota, limiter }
    })
    this.#local = quotas.map((quota) => {
      return { quota, limiter: new RateLimiterMemory(optionsOf(quota)) }
    })
  }

  /** @returns one standing for each quota, up to the first that refuses; none where nothing is limited */
  async count(who: string): Promise<readonly QuotaState[]> {
    const key = createHash('sha256').update(who, 'utf8').digest('base64url')
    const standings = await this.#spend(key)
    if (standings.some(({ refused }) => refused))
      this.#metrics.refusedRate.inc({ limit: this.name })
    return standings
  }

  async #spend(key: string): Promise<readonly QuotaState[]> {
    try {
      return await withTimeout('counting', this.#timeout, spend(this.#shared, key))
    } catch {
      this.#metrics.rateLimitFallbacks.inc()
      return spend(this.#local, key)
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
  const uploads = { name: 'uploads' as const, quotas: rateLimit, prefix, timeout }
  const anonymous = {
    name: 'anonymous' as const,
    quotas: rateLimitAnonymous,
    prefix,
    timeout,
    remembers: true,
  }
  return {
    uploads: new Limiter(redis, uploads, metrics),
    anonymous: new Limiter(redis, anonymous, metrics),
  }
}

/** A longer window is not charged for what a shorter one refuses: impatience costs nobody the day. */
async function spend(counters: readonly Counter[], key: string): Promise<readonly QuotaState[]> {
  const standings: QuotaState[] = []
  for (const counter of counters) {
    const standing = await consume(counter, key)
    standings.push(standing)
    if (standing.refused) break
  }
  return standings
}

/** rate-limiter-flexible rejects with a result where it refuses, and with an error where it cannot count. */
async function consume({ quota, limiter }: Counter, key: string): Promise<QuotaState> {
  const standing = (result: RateLimiterRes, refused: boolean) => ({
    quota,
    left: result.remainingPoints,
    wait: result.msBeforeNext,
    refused,
  })
  try {
    return standing(await limiter.consume(key), false)
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return standing(refusal, true)
    throw refusal
  }
}
