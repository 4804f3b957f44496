import { EventEmitter, once } from 'node:events'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { eventually } from '../domain/eventually.ts'
import { tiny } from '../pictures/tiny.ts'
import type { Trial } from './trial.ts'

interface LoadSettings {
  readonly clients?: number
  /** Number of uploads of each client. */
  readonly each?: number
  /** Whether a client sends a refused upload again until it is accepted. Default: true. */
  readonly again?: boolean
  /** Maximum seconds for the whole load. Default: 60. */
  readonly seconds?: number
  /** Extra headers of each request. */
  readonly headers?: Readonly<Record<string, string>>
}

const USERS = 8
/** Maximum milliseconds that a client repeats a refused upload. */
const TIMEOUT = 90_000

/** Load of several clients. Each sends one picture after the other. Several clients share a user. */
export class Load {
  /** Resolves when everything is accepted. */
  readonly done: Promise<unknown>
  accepted = 0
  /** Error of each attempt that was refused or got no answer. */
  readonly refusals: string[] = []
  /** Milliseconds of the slowest accepted upload. */
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

  /** Resolves once `count` uploads are accepted in all. @throws if the load ends before */
  async reached(count: number): Promise<void> {
    const over = this.done.then(() => {
      if (this.accepted < count) throw new Error(`the load ended before ${count} uploads`)
    })
    while (this.accepted < count) {
      const more = Promise.race([once(this.#events, 'accepted'), over])
      await withTimeout(`${count} accepted uploads`, TIMEOUT, more)
    }
  }

  get refused(): number {
    return this.refusals.length
  }

  /** Resolves once `count` more uploads are accepted. */
  more(count: number): Promise<void> {
    return this.reached(this.accepted + count)
  }

  /** Stops the clients after their current uploads. */
  finish(): Promise<unknown> {
    this.#finishing = true
    return this.done
  }

  /** Calls the listener for each upload that is accepted from now on. */
  onAccepted(listener: () => void): void {
    this.#events.on('accepted', listener)
  }

  async #client(client: number): Promise<void> {
    const { each, again } = this.#settings
    const picture = await tiny(client)
    for (let i = 0; i < each && !this.#finishing; i++) {
      const attempt = () => this.#attempt(`user-${(client + i) % USERS}`, picture)
      if (again) await eventually('an accepted upload', TIMEOUT, attempt)
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
