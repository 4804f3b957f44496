import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'

/** Highest position that is reported. Uploads further back have no position yet. */
const MAX_POSITION = 1000

/** Milliseconds between two reads of the queue. */
const READ_INTERVAL = 1000

/** Position 1 is next. Undefined if the upload is not waiting, or is behind MAX_POSITION. */
export type OnPosition = (position: number | undefined) => void

type Positions = ReadonlyMap<string, number>

/**
 * Reports the positions of uploads in the queue. One read of the queue's head per second serves all watchers. Without
 * watchers, nothing is read. The load on Redis depends on neither the number of watchers nor the backlog.
 */
export class QueuePositions {
  readonly #queue: Pick<UploadQueue, 'waitingIds'>
  readonly #watchers = new Map<OnPosition, UploadId>()
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<Positions> | undefined

  constructor(queue: Pick<UploadQueue, 'waitingIds'>) {
    this.#queue = queue
  }

  /**
   * Reports the position after an immediate read, then once a second.
   * @returns a function that stops the reports
   */
  watch(id: UploadId, onPosition: OnPosition): () => void {
    this.#watchers.set(onPosition, id)
    this.#timer ??= setInterval(() => void this.#publish(), READ_INTERVAL)
    void this.#publish(onPosition)
    return () => this.#remove(onPosition)
  }

  #remove(onPosition: OnPosition): void {
    this.#watchers.delete(onPosition)
    if (this.#watchers.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #publish(only?: OnPosition): Promise<void> {
    const positions = await this.#read()
    for (const [onPosition, id] of [...this.#watchers])
      if (only === undefined || onPosition === only) onPosition(positions.get(id))
  }

  /** Shares one read among concurrent callers. */
  #read(): Promise<Positions> {
    this.#reading ??= this.#queue
      .waitingIds(MAX_POSITION)
      .catch((): string[] => [])
      .then((ids) => {
        this.#reading = undefined
        return new Map(ids.map((id, index) => [id, index + 1]))
      })
    return this.#reading
  }
}
