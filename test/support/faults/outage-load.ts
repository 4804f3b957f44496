import { EventEmitter, once } from 'node:events'
import { within } from '@visage/shared/lifecycle/deadline'
import { eventually } from './eventually.ts'
import { tiny } from './pictures.ts'
import type { Trial } from './trial.ts'

interface LoadSettings {
  readonly clients?: number
  /** Uploads of each client. */
  readonly each?: number
}

const USERS = 8
/** Milliseconds until a client gives up that is refused again and again, and until a test does. */
const PATIENCE = 20_000
const DONE = 60_000

/** Clients that send one picture after the other, each again until it is accepted; several share a user. */
export class Load {
  /** Resolves when everything is accepted. */
  readonly done: Promise<unknown>
  accepted = 0
  /** Attempts that were refused, or got no answer. */
  refused = 0
  /** Milliseconds that the slowest accepted one took. */
  slowest = 0
  readonly #trial: Trial
  readonly #events = new EventEmitter()

  constructor(trial: Trial, { clients = 4, each = 15 }: LoadSettings = {}) {
    this.#trial = trial
    const running = Array.from({ length: clients }, (_, i) => this.#client(i, each))
    this.done = within('the load', DONE, Promise.all(running))
    this.done.catch(() => undefined)
  }

  /** Resolves once so many are accepted in all. @throws where the load is over before */
  async reached(count: number): Promise<void> {
    const over = this.done.then(() => {
      if (this.accepted < count) throw new Error(`the load was over before ${count} uploads`)
    })
    while (this.accepted < count) {
      const more = Promise.race([once(this.#events, 'accepted'), over])
      await within(`${count} accepted uploads`, PATIENCE, more)
    }
  }

  /** Calls for each upload that is accepted from now on. */
  onAccepted(listener: () => void): void {
    this.#events.on('accepted', listener)
  }

  async #client(client: number, each: number): Promise<void> {
    const picture = await tiny(client)
    for (let i = 0; i < each; i++) {
      const user = `user-${(client + i) % USERS}`
      await eventually('an accepted upload', PATIENCE, () => this.#attempt(user, picture))
      this.accepted++
      this.#events.emit('accepted')
    }
  }

  async #attempt(user: string, picture: Buffer): Promise<string | undefined> {
    const started = performance.now()
    const id = await this.#trial.tryUpload(user, picture)
    if (id === undefined) this.refused++
    else this.slowest = Math.max(this.slowest, performance.now() - started)
    return id
  }
}
