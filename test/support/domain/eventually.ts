import { setTimeout as delay } from 'node:timers/promises'

const POLL = 50
/** A deadline only bounds a hang: a busy machine gets this long for what a quiet one does at once. */
const HANG = 45_000

/**
 * The one place that waits for a state which nothing announces: asks until the answer is none of
 * undefined, null and false. An error counts as "not yet", and is the cause of what is thrown in the end.
 * @param deadline milliseconds; HANG where that is longer
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
