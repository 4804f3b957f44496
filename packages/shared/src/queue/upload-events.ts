import { QueueEvents } from 'bullmq'
import { isUploadId, type UploadId } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'
import { bullmqOptions } from './redis-keys.ts'
import { UPLOAD_QUEUE } from './upload-job.ts'

/** Who is told what the queue says of uploads: of each of them, and once more whenever it is in doubt. */
export interface UploadEventHandler {
  /** A worker has taken it; what it does first is to write the receipt. */
  onStarted(id: UploadId): void
  /** An attempt is over, and most likely the outcome is written. */
  onEnded(id: UploadId): void
  /** The connection to Redis is a new one: anything may have happened unheard. */
  onReconnected(): void
}

/** The beginning of the queue's events, of which BullMQ keeps the last 10,000 or so. */
const FROM_THE_START = '0'

/**
 * The one source of events of a process, on a connection of its own (a `consumer`), which it closes.
 * Nothing waits for it: while Redis is away nothing is heard, and that is all. Events are a hint to look;
 * what is true stands in the receipt.
 */
export class UploadEvents {
  readonly #redis: Redis
  readonly #prefix: string
  readonly #log: Logger
  #events: QueueEvents | undefined
  #closed = false

  constructor(redis: Redis, prefix: string, log: Logger) {
    this.#redis = redis
    this.#prefix = prefix
    this.#log = log
  }

  subscribe(audience: UploadEventHandler): void {
    const connected = () => {
      this.#open(audience)
      audience.onReconnected()
    }
    this.#redis.on('ready', connected)
    // A Cluster stays ready while one of its nodes is replaced.
    for (const change of ['-node', '+node']) this.#redis.on(change, () => audience.onReconnected())
    if (this.#redis.status === 'ready') connected()
  }

  /** Never waits for Redis. */
  close(): void {
    this.#closed = true
    this.#events?.close().catch(() => {})
    this.#redis.disconnect()
  }

  /**
   * BullMQ 6.7.0 remembers that its first contact with Redis failed, and then fails for ever: it is made
   * only once Redis is there, and made anew if that contact broke. Read from the start, so that
   * nothing falls between the connection and the first read.
   */
  #open(audience: UploadEventHandler): void {
    if (this.#events) return
    const events = new QueueEvents(UPLOAD_QUEUE, {
      ...bullmqOptions(this.#redis, this.#prefix),
      lastEventId: FROM_THE_START,
      autorun: false,
    })
    this.#events = events
    events.on('error', (err) => this.#log.debug({ err }, 'queue events'))
    events.on('active', ({ jobId }) => isUploadId(jobId) && audience.onStarted(jobId))
    events.on('completed', ({ jobId }) => isUploadId(jobId) && audience.onEnded(jobId))
    events.on('failed', ({ jobId }) => isUploadId(jobId) && audience.onEnded(jobId))
    events.run().catch((err) => {
      this.#log.debug({ err }, 'queue events')
      this.#events = undefined
      if (!this.#closed && this.#redis.status === 'ready') this.#open(audience)
    })
  }
}
