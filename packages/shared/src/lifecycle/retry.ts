import { setTimeout as delay } from 'node:timers/promises'
import { type Backoff, backoffDelay } from './backoff.ts'

export interface RetryPolicy extends Backoff {
  readonly attempts: number
  readonly retryable: (error: unknown) => boolean
}

/** Runs `operation` until it succeeds.  @throws the last error, if it is not retryable or no attempt is left */
export async function retry<T>(operation: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      if (attempt >= policy.attempts || !policy.retryable(error)) throw error
      await delay(backoffDelay(attempt, policy))
    }
  }
}
