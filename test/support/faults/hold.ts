import { EventEmitter, once } from 'node:events'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Visit } from './visits.ts'

/** Filter on visits: every field that is set must be equal. */
export type VisitFilter = Partial<Visit>

export function matches(filter: VisitFilter, visit: Visit): boolean {
  return (Object.keys(filter) as (keyof Visit)[]).every((name) => filter[name] === visit[name])
}

interface Held {
  readonly visit: Visit
  readonly settle: (failure: string | undefined) => void
}

const TIMEOUT = 90_000

/** Point at which workers are stopped. Created by `Gates.hold`. */
export class Hold {
  /** Visits that were stopped here, oldest first, including released ones. */
  readonly arrivals: Visit[] = []
  readonly #filter: VisitFilter
  readonly #failure: string | undefined
  #left: number
  readonly #events = new EventEmitter()
  #held: Held[] = []

  /**
   * @param times how many visits it stops before it lets all others continue
   * @param failure message with which the step fails instead of being stopped
   */
  constructor(filter: VisitFilter, times: number, failure?: string) {
    this.#filter = filter
    this.#left = times
    this.#failure = failure
  }

  matches(visit: Visit): boolean {
    return this.#left > 0 && matches(this.#filter, visit)
  }

  /** Resolves when the visit may continue. @returns the failure message, if the step must fail */
  take(visit: Visit): Promise<string | undefined> {
    this.#left--
    this.arrivals.push(visit)
    this.#events.emit('arrival')
    if (this.#failure !== undefined) return Promise.resolve(this.#failure)
    return new Promise((settle) => this.#held.push({ visit, settle }))
  }

  /** Resolves once `n` visits have been stopped in all. */
  async reached(n = 1, timeout = TIMEOUT): Promise<Visit[]> {
    while (this.arrivals.length < n) {
      const point = `${JSON.stringify(this.#filter)}, reached ${this.arrivals.length} of ${n} times,`
      await withTimeout(point, timeout, once(this.#events, 'arrival'))
    }
    return this.arrivals
  }

  /** Releases every stopped visit and stops no more. */
  release(): void {
    this.#left = 0
    this.#settle(() => true)
  }

  /** Releases the stopped visits that match the filter. The hold keeps stopping others. */
  releaseOnly(filter: VisitFilter): void {
    this.#settle((visit) => matches(filter, visit))
  }

  #settle(leaves: (visit: Visit) => boolean): void {
    const leaving = this.#held.filter(({ visit }) => leaves(visit))
    this.#held = this.#held.filter((one) => !leaving.includes(one))
    for (const { settle } of leaving) settle(undefined)
  }
}
