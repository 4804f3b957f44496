import { setTimeout as delay } from 'node:timers/promises'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadEventHandler } from '@visage/shared/queue/upload-events'
import type { ApiMetrics } from '../metrics.ts'

/**
 * `started`: a worker has taken the upload. `stopping`: this process sends no further events. A record: the current
 * receipt of the upload.
 */
export type UploadEvent = 'started' | 'stopping' | UploadRecord

export type OnUploadEvent = (event: UploadEvent) => void

type WaiterMetrics = Pick<ApiMetrics, 'outcomeWaiters' | 'refusedOutcomeWaits'>

/** Maximum receipts that one statement reads. */
const BATCH_SIZE = 200

/** Milliseconds before a failed read of receipts is retried. */
const COOLDOWN = 1000

export interface OutcomeWaiterOptions {
  /** Maximum waiters in this process. */
  readonly limit: number
  /** Milliseconds between two reads of all awaited receipts. */
  readonly refreshEvery: number
  /** Milliseconds before a failed read of receipts is retried. Default: COOLDOWN. */
  readonly cooldown?: number
}

/**
 * The requests in this process that wait for events of an upload. All waiters share one source of events. Receipts
 * are read in batches, one statement at a time, so many waiters put no more load on Postgres than a few. Events can be
 * lost, and the sweep records outcomes without an event. All awaited receipts are therefore read again after each
 * reconnect of Redis and once per `refreshEvery`.
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

  /** @param share fraction of the limit, from 0 to 1, that this caller may fill */
  hasRoom(share = 1): boolean {
    return !this.#stopped && this.#size < this.#limit * share
  }

  /**
   * Subscribes to the events of an upload from now on. Call `refresh` afterwards for its current state.
   * @returns an idempotent function that unsubscribes; undefined if there is no room
   */
  add(id: UploadId, onEvent: OnUploadEvent, share = 1): (() => void) | undefined {
    if (!this.hasRoom(share)) {
      this.#metrics.refusedOutcomeWaits.inc()
      return undefined
    }
    const handlers = this.#waiters.get(id) ?? new Set()
    this.#waiters.set(id, handlers.add(onEvent))
    this.#size++
    this.#metrics.outcomeWaiters.inc()
    return () => this.#remove(id, handlers, onEvent)
  }

  /** Reads the receipt, if there is one, and publishes it to the waiters of this upload. */
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

  /** Ends every wait at once and rejects new waiters. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const id of [...this.#waiters.keys()]) this.#publish(id, 'stopping')
    this.#stale.clear()
  }

  #remove(id: UploadId, handlers: Set<OnUploadEvent>, onEvent: OnUploadEvent): void {
    if (!handlers.delete(onEvent)) return
    this.#size--
    this.#metrics.outcomeWaiters.dec()
    if (handlers.size === 0) this.#waiters.delete(id)
  }

  #publish(id: UploadId, event: UploadEvent): void {
    for (const onEvent of [...(this.#waiters.get(id) ?? [])]) onEvent(event)
  }

  async #readStale(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    while (this.#stale.size > 0) await this.#readBatch()
    this.#reading = false
  }

  /** An id that becomes stale during the read is read once more. */
  async #readBatch(): Promise<void> {
    const ids = [...this.#stale].slice(0, BATCH_SIZE)
    for (const id of ids) this.#stale.delete(id)
    const awaited = ids.filter((id) => this.#waiters.has(id))
    try {
      const records = awaited.length > 0 ? await this.#uploads.findAll(awaited) : []
      for (const record of records) this.#publish(record.id, record)
    } catch (err) {
      this.#log.debug({ err }, 'Failed to read receipts; retrying')
      for (const id of awaited) this.#stale.add(id)
      await delay(this.#cooldown)
    }
  }
}
