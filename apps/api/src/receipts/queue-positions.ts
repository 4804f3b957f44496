import type { Revision } from '@visage/shared/avatar/revision'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'

/** How many places are counted; who is further back is told once this near. */
const COUNTED = 1000

/** Milliseconds between two looks. */
const EVERY = 1000

/** 1 is next; undefined where it does not wait, or is further back than is counted. */
export type Tell = (place: number | undefined) => void

type Places = ReadonlyMap<string, number>

/**
 * Where uploads stand in the queue. The head of the line is read once a second for all who watch
 * together, and only while somebody does: what it costs Redis depends on neither the watchers nor the backlog.
 */
export class Line {
  readonly #queue: Pick<UploadQueue, 'line'>
  readonly #watchers = new Map<Tell, Revision>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<Places> | undefined

  constructor(queue: Pick<UploadQueue, 'line'>) {
    this.#queue = queue
  }

  /** Tells the place soon, then once a second.  @returns ends it */
  watch(id: Revision, tell: Tell): () => void {
    this.#watchers.set(tell, id)
    this.#timer ??= setInterval(() => void this.#tell(), EVERY)
    void this.#tell(tell)
    return () => this.#leave(tell)
  }

  #leave(tell: Tell): void {
    this.#watchers.delete(tell)
    if (this.#watchers.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #tell(only?: Tell): Promise<void> {
    const places = await this.#look()
    for (const [tell, id] of [...this.#watchers])
      if (only === undefined || tell === only) tell(places.get(id))
  }

  /** One at a time, however many ask. */
  #look(): Promise<Places> {
    this.#looking ??= this.#queue
      .line(COUNTED)
      .catch((): string[] => [])
      .then((ids) => {
        this.#looking = undefined
        return new Map(ids.map((id, index) => [id, index + 1]))
      })
    return this.#looking
  }
}
