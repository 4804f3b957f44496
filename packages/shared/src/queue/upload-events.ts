import { QueueEvents } from 'bullmq'
import { isUploadId, type UploadId } from '../avatar/upload.ts'
import type { Logger } from '../log/logger.ts'
import type { Redis } from './redis-connection.ts'
import { bullmqOptions } from './redis-keys.ts'
import { UPLOAD_QUEUE } from './upload-job.ts'

/** Receives the queue's events of all uploads. */
export interface UploadEventHandler {
  /** A worker took the job. The worker writes the receipt first. */
  onStarted(id: UploadId): void
  /** An attempt ended. The outcome is probably written. */
  onEnded(id: UploadId): void
  /** The connection to Redis is new. Earlier events may be lost. */
  onReconnected(): void
}

/** Id of the start of the event stream. BullMQ retains about the last 10,000 events. */
const STREAM_START = '0'

/**
 * Source of the queue's events for one process. It owns its connection (a `consumer`) and closes it. While Redis is
 * unavailable there are no events, and nothing waits for them. An event only says when to read the receipt, which is
 * the source of truth.
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

  subscribe(handler: UploadEventHandler): void {
    const connected = () => {
      this.#open(handler)
      handler.onReconnected()
    }
    this.#redis.on('ready', connected)
    // A Cluster stays ready while one of its nodes is replaced.
    for (const change of ['-node', '+node']) this.#redis.on(change, () => handler.onReconnected())
    if (this.#redis.status === 'ready') connected()
  }

  /** Never waits for Redis. */
  close(): void {
    this.#closed = true
    this.#events?.close().catch(() => {})
    this.#redis.disconnect()
  }

  /**
   * Opens the event stream while Redis is available, and opens it again if that failed: BullMQ 6.7.0 fails forever
   * after a failed first connection. Reads from the start of the stream, so that no event between the connection and
   * the first read is lost.
   */
  #open(handler: UploadEventHandler): void {
    if (this.#events) return
    const events = new QueueEvents(UPLOAD_QUEUE, {
      ...bullmqOptions(this.#redis, this.#prefix),
      lastEventId: STREAM_START,
      autorun: false,
    })
    this.#events = events
    events.on('error', (err) =>
      this.#log.debug({ err }, 'Reader of queue events reported an error'),
    )
    events.on('active', ({ jobId }) => isUploadId(jobId) && handler.onStarted(jobId))
    events.on('completed', ({ jobId }) => isUploadId(jobId) && handler.onEnded(jobId))
    events.on('failed', ({ jobId }) => isUploadId(jobId) && handler.onEnded(jobId))
    events.run().catch((err) => {
      this.#log.debug({ err }, 'Reader of queue events stopped')
      this.#events = undefined
      if (!this.#closed && this.#redis.status === 'ready') this.#open(handler)
    })
  }
}
