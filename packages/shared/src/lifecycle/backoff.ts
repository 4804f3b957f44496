export interface Backoff {
  /** Maximum milliseconds before the second attempt. */
  readonly base: number
  /** Maximum milliseconds between two attempts. */
  readonly cap: number
}

/**
 * Returns a capped exponential backoff. Half of the delay is random, so that clients that failed together do not retry
 * together.
 * @param attempt number of failed attempts, from 1
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
