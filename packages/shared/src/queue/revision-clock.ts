import { randomBytes } from 'node:crypto'
import { makeRevision, REVISION_RANDOM_BYTES, type Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'

/** Seconds that Redis retains a user's last time. The value must exceed any backward step of the clock. */
const TTL_SECONDS = 86_400

/**
 * Returns the milliseconds of Redis's clock, always later than this user's previous time. Stores the time together with
 * the revision's random part, so that `newestRevision` can rebuild the revision.
 */
const TICK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(string.match(redis.call('GET', KEYS[1]) or '', '^%d+')) or 0
if now <= last then now = last + 1 end
redis.call('SET', KEYS[1], string.format('%d:%s', now, ARGV[1]), 'EX', ARGV[2])
return now`

/**
 * The clock that orders a user's changes across all API hosts. While Redis is unavailable, each host uses its own
 * clock.
 */
export class RevisionClock {
  readonly #redis: Redis
  readonly #prefix: string
  readonly #log: Logger

  constructor(redis: Redis, prefix: string, log: Logger) {
    this.#redis = redis
    this.#prefix = prefix
    this.#log = log
  }

  async nextRevision(user: UserId): Promise<Revision> {
    const random = randomBytes(REVISION_RANDOM_BYTES)
    return makeRevision(await this.#tick(user, random.toString('hex')), random)
  }

  /** Returns the newest revision issued to this user, with any outcome; undefined if Redis does not have it. */
  async newestRevision(user: UserId): Promise<Revision | undefined> {
    const stored = await this.#redis.get(this.#key(user)).catch(() => null)
    const [time, random] = stored?.split(':') ?? []
    return time && random ? makeRevision(Number(time), Buffer.from(random, 'hex')) : undefined
  }

  async #tick(user: UserId, random: string): Promise<number> {
    try {
      return Number(await this.#redis.eval(TICK, 1, this.#key(user), random, TTL_SECONDS))
    } catch (error) {
      this.#log.warn({ err: error }, 'Failed to read Redis clock; using host clock')
      return Date.now()
    }
  }

  #key(user: UserId): string {
    return `${this.#prefix}:clock:${user}`
  }
}
