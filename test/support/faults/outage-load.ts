import { EventEmitter, once } from 'node:events'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { eventually } from '../domain/eventually.ts'
import { tiny } from '../pictures/tiny.ts'
import type { Trial } from './trial.ts'

interface LoadSettings {
  readonly clients?: number
  /** Uploads of each client. */
  readonly each?: number
  /** Whether what is refused is sent again until it is accepted. Absent: it is. */
  readonly again?: boolean
  /** Seconds that all of it may take. Absent: 60. */
  readonly seconds?: number
  /** Sent along with each. */
  readonly headers?: Readonly<Record<string, string>>
}

const USERS = 8
/** Milliseconds until a client gives up that is refused again and again. */
const PATIENCE = 90_000

/** Clients that send one picture after the other; several share a user. */
export class Load {
  /** Resolves when everything is accepted. */
  readonly done: Promise<unknown>
  accepted = 0
  /** Of each attempt that was refused, or got no answer, why. */
  readonly refusals: string[] = []
  /** Milliseconds that the slowest accepted one took. */
  slowest = 0
  readonly #trial: Trial
  readonly #settings: Required<LoadSettings>
  #finishing = false
  readonly #events = new EventEmitter()

  constructor(trial: Trial, settings: LoadSettings = {}) {
    this.#trial = trial
    this.#settings = { clients: 4, each: 15, again: true, seconds: 60, headers: {}, ...settings }
    const running = Array.from({ length: this.#settings.clients }, (_, i) => this.#client(i))
    this.done = withTimeout('the load', this.#settings.seconds * 1000, Promise.all(running))
    this.done.catch(() => undefined)
  }

  /** Resolves once so many are accepted in all. @throws where the load is over before */
  async reached(count: number): Promise<void> {
    const over = this.done.then(() => {
      if (this.accepted < count) throw new Error(`the load was over before ${count} uploads`)
    })
    while (this.accepted < count) {
      const more = Promise.race([once(this.#events, 'accepted'), over])
      await withTimeout(`${count} accepted uploads`, PATIENCE, more)
    }
  }

  get refused(): number {
    return this.refusals.length
  }

  /** Resolves once so many more are accepted. */
  more(count: number): Promise<void> {
    return this.reached(this.accepted + count)
  }

  /** No client begins another upload. */
  finish(): Promise<unknown> {
    this.#finishing = true
    return this.done
  }

  /** Calls for each upload that is accepted from now on. */
  onAccepted(listener: () => void): void {
    this.#events.on('accepted', listener)
  }

  async #client(client: number): Promise<void> {
    const { each, again } = this.#settings
    const picture = await tiny(client)
    for (let i = 0; i < each && !this.#finishing; i++) {
      const attempt = () => this.#attempt(`user-${(client + i) % USERS}`, picture)
      if (again) await eventually('an accepted upload', PATIENCE, attempt)
      else if ((await attempt()) === undefined) continue
      this.accepted++
      this.#events.emit('accepted')
    }
  }

  async #attempt(user: string, picture: Buffer): Promise<string | undefined> {
    const started = performance.now()
    try {
      const id = await this.#trial.upload(user, picture, 'ready', this.#settings.headers)
      this.slowest = Math.max(this.slowest, performance.now() - started)
      return id
    } catch (error) {
      this.refusals.push(`${error}`)
      return undefined
    }
  }
}
