export interface Backoff {
  /** Milliseconds before the second attempt, at most. */
  readonly base: number
  /** Milliseconds between two attempts, at most. */
  readonly cap: number
}

/**
 * Capped exponential backoff with half of it jittered: callers that failed together do not come back together.
 * @param attempt how many attempts have failed, from 1
 * @returns milliseconds
 */
export function backoffDelay(
  attempt: number,
  { base, cap }: Backoff,
  random = Math.random,
): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempt - 1, 30))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}
