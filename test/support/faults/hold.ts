import { EventEmitter, once } from 'node:events'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Visit } from './visits.ts'

/** The points meant: those that agree in all that is named here. */
export type Where = Partial<Visit>

export function fits(where: Where, visit: Visit): boolean {
  return (Object.keys(where) as (keyof Visit)[]).every((name) => where[name] === visit[name])
}

interface Held {
  readonly visit: Visit
  readonly settle: (failure: string | undefined) => void
}

const TIMEOUT = 90_000

/** Where workers are stopped. Made by `Gates.hold`. */
export class Hold {
  /** Who has been stopped here, in the order of their coming, those released again included. */
  readonly arrivals: Visit[] = []
  readonly #where: Where
  readonly #failure: string | undefined
  #left: number
  readonly #events = new EventEmitter()
  #held: Held[] = []

  /**
   * @param times how many it stops before it lets everybody pass
   * @param failure why the step of those fails, instead of being held up
   */
  constructor(where: Where, times: number, failure?: string) {
    this.#where = where
    this.#left = times
    this.#failure = failure
  }

  fits(visit: Visit): boolean {
    return this.#left > 0 && fits(this.#where, visit)
  }

  /** @returns why the step is to fail, once the visitor may go on */
  take(visit: Visit): Promise<string | undefined> {
    this.#left--
    this.arrivals.push(visit)
    this.#events.emit('arrival')
    if (this.#failure !== undefined) return Promise.resolve(this.#failure)
    return new Promise((settle) => this.#held.push({ visit, settle }))
  }

  /** Resolves once `n` have come in all. */
  async reached(n = 1, timeout = TIMEOUT): Promise<Visit[]> {
    while (this.arrivals.length < n) {
      const point = `${JSON.stringify(this.#where)}, reached ${this.arrivals.length} of ${n} times,`
      await withTimeout(point, timeout, once(this.#events, 'arrival'))
    }
    return this.arrivals
  }

  /** Lets everybody go on and stops nobody any more. */
  release(): void {
    this.#left = 0
    this.#settle(() => true)
  }

  /** Lets those go on who are here and fit; goes on stopping others. */
  releaseOnly(where: Where): void {
    this.#settle((visit) => fits(where, visit))
  }

  #settle(leaves: (visit: Visit) => boolean): void {
    const leaving = this.#held.filter(({ visit }) => leaves(visit))
    this.#held = this.#held.filter((one) => !leaving.includes(one))
    for (const { settle } of leaving) settle(undefined)
  }
}
