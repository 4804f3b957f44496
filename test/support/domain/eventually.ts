import { setTimeout as delay } from 'node:timers/promises'

const POLL = 50
/** Minimum deadline in milliseconds. A deadline only bounds a hang, and a busy machine may be slow. */
const HANG = 45_000

/**
 * Polls for a state that sends no event, until the answer is not undefined, null or false. An error counts as "not yet"
 * and becomes the cause of the error at the deadline.
 * @param deadline milliseconds, at least HANG
 */
export async function eventually<T>(
  what: string,
  deadline: number,
  probe: () => Promise<T | undefined | null | false>,
): Promise<T> {
  const limit = Math.max(deadline, HANG)
  const end = Date.now() + limit
  let cause: unknown
  for (;;) {
    try {
      const found = await probe()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      cause = error
    }
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`, { cause })
    await delay(POLL)
  }
}
