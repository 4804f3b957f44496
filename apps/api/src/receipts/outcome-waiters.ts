import { setTimeout as delay } from 'node:timers/promises'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UploadRecord, Uploads } from '@visage/shared/db/uploads'
import type { Logger } from '@visage/shared/log/logger'
import type { Audience } from '@visage/shared/queue/upload-events'
import type { ApiMetrics } from '../metrics.ts'

/** A worker has taken the upload; its receipt as it now is; or nothing more will come from here. */
export type News = 'started' | 'stopping' | UploadRecord

export type Hear = (news: News) => void

type ListenerMetrics = Pick<ApiMetrics, 'listeners' | 'refusedListeners'>

/** Receipts that are read by one statement. */
const BATCH = 200

/** Milliseconds between two attempts to read receipts while Postgres is unavailable. */
const COOLDOWN = 1000

export interface ListenerBounds {
  readonly limit: number
  /** Milliseconds. */
  readonly lookEvery: number
  /** Milliseconds between two attempts to read receipts. COOLDOWN by default. */
  readonly cooldown?: number
}

/**
 * Everybody in this process who waits for news of an upload. All share one source of events and read
 * their receipts together, one statement at a time, so that many of them cost Postgres no more than a
 * few. An event may get lost, and the sweep ends uploads without one: so every receipt is read again
 * after each reconnect of Redis's, and once in `lookEvery`. That is the net; it is the events that tell.
 */
export class Listeners implements Audience {
  readonly #limit: number
  readonly #cooldown: number
  readonly #uploads: Pick<Uploads, 'findAll'>
  readonly #log: Logger
  readonly #metrics: ListenerMetrics
  readonly #heard = new Map<Revision, Set<Hear>>()
  readonly #unread = new Set<Revision>()
  readonly #timer: NodeJS.Timeout
  #size = 0
  #reading = false
  #stopped = false

  constructor(
    { limit, lookEvery, cooldown = COOLDOWN }: ListenerBounds,
    uploads: Pick<Uploads, 'findAll'>,
    log: Logger,
    metrics: ListenerMetrics,
  ) {
    this.#limit = limit
    this.#cooldown = cooldown
    this.#uploads = uploads
    this.#log = log
    this.#metrics = metrics
    this.#timer = setInterval(() => this.missed(), lookEvery).unref()
  }

  /** @param share of all places that may be taken, from 0 to 1 */
  hasRoom(share = 1): boolean {
    return !this.#stopped && this.#size < this.#limit * share
  }

  /**
   * From now on nothing is missed; what was before, `look` tells.
   * @returns ends it, and may be called again; undefined where there is no room
   */
  listen(id: Revision, hear: Hear, share = 1): (() => void) | undefined {
    if (!this.hasRoom(share)) {
      this.#metrics.refusedListeners.inc()
      return undefined
    }
    const those = this.#heard.get(id) ?? new Set()
    this.#heard.set(id, those.add(hear))
    this.#size++
    this.#metrics.listeners.inc()
    return () => this.#leave(id, those, hear)
  }

  /** Has the receipt read, if there is one, and told to those who listen. */
  look(id: Revision): void {
    if (!this.#heard.has(id)) return
    this.#unread.add(id)
    void this.#readAll()
  }

  started(id: Revision): void {
    this.#tell(id, 'started')
  }

  ended(id: Revision): void {
    this.look(id)
  }

  missed(): void {
    for (const id of this.#heard.keys()) this.#unread.add(id)
    void this.#readAll()
  }

  /** Ends every wait at once, and takes no more. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const id of [...this.#heard.keys()]) this.#tell(id, 'stopping')
    this.#unread.clear()
  }

  #leave(id: Revision, those: Set<Hear>, hear: Hear): void {
    if (!those.delete(hear)) return
    this.#size--
    this.#metrics.listeners.dec()
    if (those.size === 0) this.#heard.delete(id)
  }

  #tell(id: Revision, news: News): void {
    for (const hear of [...(this.#heard.get(id) ?? [])]) hear(news)
  }

  async #readAll(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    while (this.#unread.size > 0) await this.#readSome()
    this.#reading = false
  }

  /** What is heard of one of them meanwhile has it read once more. */
  async #readSome(): Promise<void> {
    const ids = [...this.#unread].slice(0, BATCH)
    for (const id of ids) this.#unread.delete(id)
    const wanted = ids.filter((id) => this.#heard.has(id))
    try {
      const records = wanted.length > 0 ? await this.#uploads.findAll(wanted) : []
      for (const record of records) this.#tell(record.id, record)
    } catch (err) {
      this.#log.debug({ err }, 'reading receipts failed; they are read again')
      for (const id of wanted) this.#unread.add(id)
      await delay(this.#cooldown)
    }
  }
}
