import { problem } from '@visage/shared/errors/app-error'
import type { ApiMetrics } from '../../metrics.ts'

type BudgetMetrics = Pick<ApiMetrics, 'bytesInFlight' | 'refusedOverload'>

/**
 * The bytes of bodies that may be held at once, over all requests: past it a request is refused
 * before its body is read, so that overload costs its clients a wait and us no memory.
 */
export class ByteBudget {
  readonly #limit: number
  readonly #metrics: BudgetMetrics
  #taken = 0

  constructor(limit: number, metrics: BudgetMetrics) {
    this.#limit = limit
    this.#metrics = metrics
  }

  /** @throws unavailable where `bytes` more do not fit  @returns gives them back, once */
  take(bytes: number): () => void {
    if (this.#taken + bytes > this.#limit) {
      this.#metrics.refusedOverload.inc()
      throw problem('unavailable')
    }
    this.#add(bytes)
    let held = bytes
    return () => {
      this.#add(-held)
      held = 0
    }
  }

  #add(bytes: number): void {
    this.#taken += bytes
    this.#metrics.bytesInFlight.inc(bytes)
  }
}
