import { setTimeout as delay } from 'node:timers/promises'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadEventHandler } from '@visage/shared/queue/upload-events'
import type { ApiMetrics } from '../metrics.ts'

/** A worker has taken the upload; its receipt as it now is; or nothing more will come from here. */
export type UploadEvent = 'started' | 'stopping' | UploadRecord

export type OnUploadEvent = (news: UploadEvent) => void

type WaiterMetrics = Pick<ApiMetrics, 'outcomeWaiters' | 'refusedOutcomeWaits'>

/** Receipts that are read by one statement. */
const BATCH = 200

/** Milliseconds between two attempts to read receipts while Postgres is unavailable. */
const COOLDOWN = 1000

export interface OutcomeWaiterOptions {
  readonly limit: number
  /** Milliseconds. */
  readonly refreshEvery: number
  /** Milliseconds between two attempts to read receipts. COOLDOWN by default. */
  readonly cooldown?: number
}

/**
 * Everybody in this process who waits for news of an upload. All share one source of events and read
 * their receipts together, one statement at a time, so that many of them cost Postgres no more than a
 * few. An event may get lost, and the sweep ends uploads without one: so every receipt is read again
 * after each reconnect of Redis's, and once in `lookEvery`. That is the net; it is the events that tell.
 */
export class OutcomeWaiters implements UploadEventHandler {
  readonly #limit: number
  readonly #cooldown: number
  readonly #uploads: Pick<Uploads, 'findAll'>
  readonly #log: Logger
  readonly #metrics: WaiterMetrics
  readonly #waiters = new Map<UploadId, Set<OnUploadEvent>>()
  readonly #stale = new Set<UploadId>()
  readonly #timer: NodeJS.Timeout
  #size = 0
  #reading = false
  #stopped = false

  constructor(
    { limit, refreshEvery, cooldown = COOLDOWN }: OutcomeWaiterOptions,
    uploads: Pick<Uploads, 'findAll'>,
    log: Logger,
    metrics: WaiterMetrics,
  ) {
    this.#limit = limit
    this.#cooldown = cooldown
    this.#uploads = uploads
    this.#log = log
    this.#metrics = metrics
    this.#timer = setInterval(() => this.onReconnected(), refreshEvery).unref()
  }

  /** @param share of all places that may be taken, from 0 to 1 */
  hasRoom(share = 1): boolean {
    return !this.#stopped && this.#size < this.#limit * share
  }

  /**
   * From now on nothing is missed; what was before, `look` tells.
   * @returns ends it, and may be called again; undefined where there is no room
   */
  add(id: UploadId, hear: OnUploadEvent, share = 1): (() => void) | undefined {
    if (!this.hasRoom(share)) {
      this.#metrics.refusedOutcomeWaits.inc()
      return undefined
    }
    const those = this.#waiters.get(id) ?? new Set()
    this.#waiters.set(id, those.add(hear))
    this.#size++
    this.#metrics.outcomeWaiters.inc()
    return () => this.#remove(id, those, hear)
  }

  /** Has the receipt read, if there is one, and told to those who listen. */
  refresh(id: UploadId): void {
    if (!this.#waiters.has(id)) return
    this.#stale.add(id)
    void this.#readStale()
  }

  onStarted(id: UploadId): void {
    this.#publish(id, 'started')
  }

  onEnded(id: UploadId): void {
    this.refresh(id)
  }

  onReconnected(): void {
    for (const id of this.#waiters.keys()) this.#stale.add(id)
    void this.#readStale()
  }

  /** Ends every wait at once, and takes no more. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const id of [...this.#waiters.keys()]) this.#publish(id, 'stopping')
    this.#stale.clear()
  }

  #remove(id: UploadId, those: Set<OnUploadEvent>, hear: OnUploadEvent): void {
    if (!those.delete(hear)) return
    this.#size--
    this.#metrics.outcomeWaiters.dec()
    if (those.size === 0) this.#waiters.delete(id)
  }

  #publish(id: UploadId, news: UploadEvent): void {
    for (const hear of [...(this.#waiters.get(id) ?? [])]) hear(news)
  }

  async #readStale(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    while (this.#stale.size > 0) await this.#readBatch()
    this.#reading = false
  }

  /** What is heard of one of them meanwhile has it read once more. */
  async #readBatch(): Promise<void> {
    const ids = [...this.#stale].slice(0, BATCH)
    for (const id of ids) this.#stale.delete(id)
    const wanted = ids.filter((id) => this.#waiters.has(id))
    try {
      const records = wanted.length > 0 ? await this.#uploads.findAll(wanted) : []
      for (const record of records) this.#publish(record.id, record)
    } catch (err) {
      this.#log.debug({ err }, 'reading receipts failed; they are read again')
      for (const id of wanted) this.#stale.add(id)
      await delay(this.#cooldown)
    }
  }
}
