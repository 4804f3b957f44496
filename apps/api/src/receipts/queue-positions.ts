import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'

/** How many places are counted; who is further back is told once this near. */
const MAX_POSITION = 1000

/** Milliseconds between two looks. */
const READ_INTERVAL = 1000

/** 1 is next; undefined where it does not wait, or is further back than is counted. */
export type OnPosition = (place: number | undefined) => void

type Positions = ReadonlyMap<string, number>

/**
 * Where uploads stand in the queue. The head of the line is read once a second for all who watch
 * together, and only while somebody does: what it costs Redis depends on neither the watchers nor the backlog.
 */
export class QueuePositions {
  readonly #queue: Pick<UploadQueue, 'waitingIds'>
  readonly #watchers = new Map<OnPosition, UploadId>()
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<Positions> | undefined

  constructor(queue: Pick<UploadQueue, 'waitingIds'>) {
    this.#queue = queue
  }

  /** Tells the place soon, then once a second.  @returns ends it */
  watch(id: UploadId, tell: OnPosition): () => void {
    this.#watchers.set(tell, id)
    this.#timer ??= setInterval(() => void this.#publish(), READ_INTERVAL)
    void this.#publish(tell)
    return () => this.#remove(tell)
  }

  #remove(tell: OnPosition): void {
    this.#watchers.delete(tell)
    if (this.#watchers.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #publish(only?: OnPosition): Promise<void> {
    const places = await this.#read()
    for (const [tell, id] of [...this.#watchers])
      if (only === undefined || tell === only) tell(places.get(id))
  }

  /** One at a time, however many ask. */
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
