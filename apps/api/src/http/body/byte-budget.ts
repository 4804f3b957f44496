import { problem } from '@visage/shared/errors/app-error'
import type { ApiMetrics } from '../../metrics.ts'

type BudgetMetrics = Pick<ApiMetrics, 'bytesInFlight' | 'refusedOverload'>

/**
 * Limits the bytes of request bodies in memory, over all requests. A request that exceeds the limit is rejected before
 * its body is read, so overload does not increase memory use.
 */
export class ByteBudget {
  readonly #limit: number
  readonly #metrics: BudgetMetrics
  #taken = 0

  constructor(limit: number, metrics: BudgetMetrics) {
    this.#limit = limit
    this.#metrics = metrics
  }

  /**
   * @throws unavailable if the limit does not allow `bytes` more
   * @returns a function that releases them; idempotent
   */
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
