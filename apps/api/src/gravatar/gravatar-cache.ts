import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { LRUCache } from 'lru-cache'
import { fetchGravatar, type Gravatar } from './fetch-gravatar.ts'

/** Milliseconds that a Gravatar counts as fresh, and that there is none. */
const FRESH = 5 * 60_000
const NONE_FRESH = 60_000
/** Milliseconds in which nothing is fetched after a failure. */
const COOLDOWN = 5000

const MAX_BYTES = 32 * 1024 ** 2
/** What an entry takes beside its bytes, about. */
const OVERHEAD = 512
/** Fetches at the same time; each may hold a whole picture. */
const MAX_FETCHES = 32

interface Known {
  readonly picture: Gravatar | undefined
}

interface Clock {
  now(): number
}

/**
 * The Gravatars that viewers have asked for of late. One address is fetched once at a time, whoever waits for
 * it; while the server is away what is known is shown on, however old.
 */
export class GravatarCache {
  readonly #known: LRUCache<string, Known>
  readonly #timeout: number
  readonly #log: Logger
  readonly #clock: Clock
  #flights = 0
  #pausedUntil = Number.NEGATIVE_INFINITY

  /** @param timeout milliseconds that one fetch may take, its redirects included */
  constructor(timeout: number, log: Logger, clock: Clock = performance) {
    this.#timeout = timeout
    this.#log = log
    this.#clock = clock
    this.#known = new LRUCache({
      maxSize: MAX_BYTES,
      sizeCalculation: ({ picture }) => OVERHEAD + (picture?.bytes.length ?? 0),
      ttl: FRESH,
      ttlResolution: 0,
      perf: clock,
      allowStaleOnFetchRejection: true,
      ignoreFetchAbort: true,
      fetchMethod: async (url, _, { options }) => {
        const picture = await this.#fetch(url)
        options.ttl = picture ? FRESH : NONE_FRESH
        return { picture }
      },
    })
  }

  /**
   * @returns undefined where the server says that there is none
   * @throws unavailable where the server is away and nothing is known
   */
  async get(url: string): Promise<Gravatar | undefined> {
    const known = await this.#known.fetch(url)
    if (!known) throw problem('unavailable')
    return known.picture
  }

  async #fetch(url: string): Promise<Gravatar | undefined> {
    if (this.#clock.now() < this.#pausedUntil)
      throw new Error('the Gravatar server was away just now')
    if (this.#flights >= MAX_FETCHES) throw new Error('too many Gravatars are fetched')
    this.#flights++
    try {
      return await fetchGravatar(url, this.#timeout)
    } catch (err) {
      this.#pausedUntil = this.#clock.now() + COOLDOWN
      this.#log.warn({ err }, 'no Gravatar from GRAVATAR_URL; those known are used on')
      throw err
    } finally {
      this.#flights--
    }
  }
}
