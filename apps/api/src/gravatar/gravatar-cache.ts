import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import { LRUCache } from 'lru-cache'
import { fetchGravatar, type Gravatar } from './fetch-gravatar.ts'

/** Milliseconds for which a cached Gravatar is fresh. */
const PICTURE_TTL = 5 * 60_000
/** Milliseconds for which a cached answer "no Gravatar" is fresh. */
const MISSING_TTL = 60_000
/** Milliseconds without any fetch after a failed fetch. */
const COOLDOWN = 5000

/** Maximum size of the cache in bytes. */
const MAX_BYTES = 32 * 1024 ** 2
/** Approximate bytes of an entry without its picture. */
const ENTRY_OVERHEAD = 512
/** Maximum concurrent fetches. Each can hold a whole picture in memory. */
const MAX_CONCURRENT_FETCHES = 32

interface CacheEntry {
  /** Undefined: the server has no Gravatar at this address. */
  readonly picture: Gravatar | undefined
}

interface Clock {
  now(): number
}

/**
 * Caches the Gravatars that viewers requested recently. Concurrent requests for one address share one fetch. While the
 * server is unavailable, cached Gravatars are served regardless of their age.
 */
export class GravatarCache {
  readonly #cache: LRUCache<string, CacheEntry>
  readonly #timeout: number
  readonly #log: Logger
  readonly #clock: Clock
  #activeFetches = 0
  #pausedUntil = Number.NEGATIVE_INFINITY

  /** @param timeout milliseconds for one fetch, redirects included */
  constructor(timeout: number, log: Logger, clock: Clock = performance) {
    this.#timeout = timeout
    this.#log = log
    this.#clock = clock
    this.#cache = new LRUCache({
      maxSize: MAX_BYTES,
      sizeCalculation: ({ picture }) => ENTRY_OVERHEAD + (picture?.bytes.length ?? 0),
      ttl: PICTURE_TTL,
      ttlResolution: 0,
      perf: clock,
      allowStaleOnFetchRejection: true,
      ignoreFetchAbort: true,
      fetchMethod: async (url, _, { options }) => {
        const picture = await this.#fetch(url)
        options.ttl = picture ? PICTURE_TTL : MISSING_TTL
        return { picture }
      },
    })
  }

  /**
   * @returns undefined if the server has no Gravatar at this address
   * @throws unavailable if the fetch fails and nothing is cached
   */
  async get(url: string): Promise<Gravatar | undefined> {
    const entry = await this.#cache.fetch(url)
    if (!entry) throw problem('unavailable')
    return entry.picture
  }

  async #fetch(url: string): Promise<Gravatar | undefined> {
    if (this.#clock.now() < this.#pausedUntil)
      throw new Error(`Skipped the fetch: a Gravatar fetch failed within the last ${COOLDOWN} ms`)
    if (this.#activeFetches >= MAX_CONCURRENT_FETCHES)
      throw new Error(`Skipped the fetch: ${MAX_CONCURRENT_FETCHES} Gravatar fetches are active`)
    this.#activeFetches++
    try {
      return await fetchGravatar(url, this.#timeout)
    } catch (err) {
      this.#pausedUntil = this.#clock.now() + COOLDOWN
      this.#log.warn({ err }, 'Failed to fetch Gravatar; using cached Gravatars')
      throw err
    } finally {
      this.#activeFetches--
    }
  }
}
