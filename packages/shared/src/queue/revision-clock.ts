import { randomBytes } from 'node:crypto'
import { makeRevision, REVISION_RANDOM_BYTES, type Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'

/** How long a user's last time is kept, in seconds: longer than any two of the clock's steps could cross. */
const TTL_SECONDS = 86_400

/**
 * Milliseconds of Redis's clock, later than any it gave this user before. The last one is kept
 * with the revision's random part, so that the newest revision of a user can be asked for.
 */
const TICK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(string.match(redis.call('GET', KEYS[1]) or '', '^%d+')) or 0
if now <= last then now = last + 1 end
redis.call('SET', KEYS[1], string.format('%d:%s', now, ARGV[1]), 'EX', ARGV[2])
return now`

/**
 * The one clock that orders a user's changes, whichever API host takes them. While Redis is away
 * the host's own clock stands in.
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

  /** The newest revision given to this user, whatever became of it; undefined where Redis does not know. */
  async newestRevision(user: UserId): Promise<Revision | undefined> {
    const stored = await this.#redis.get(this.#key(user)).catch(() => null)
    const [time, random] = stored?.split(':') ?? []
    return time && random ? makeRevision(Number(time), Buffer.from(random, 'hex')) : undefined
  }

  async #tick(user: UserId, random: string): Promise<number> {
    try {
      return Number(await this.#redis.eval(TICK, 1, this.#key(user), random, TTL_SECONDS))
    } catch (error) {
      this.#log.warn({ err: error }, "redis gave no time; using this host's clock")
      return Date.now()
    }
  }

  #key(user: UserId): string {
    return `${this.#prefix}:clock:${user}`
  }
}
