import type { IncomingMessage } from 'node:http'
import { problem } from '@visage/shared/errors/app-error'

/** What is asked of a body's sender. */
export interface MinimumRate {
  /** Bytes a second, on the average, once the grace is over. */
  readonly rate: number
  /** Milliseconds in which nothing is asked yet. */
  readonly grace: number
}

/** How often a body is looked at, in milliseconds. */
const LOOK = 250

/**
 * Waits for the body no longer than it comes at its pace: who sends more slowly, or nothing, costs a
 * socket for a while, and no share of the budget for longer. Time is counted in looks, so that a process
 * that stood still does not take it for the client's.
 * @throws tooSlow
 */
export async function enforceMinimumRate<T>(
  { socket }: IncomingMessage,
  { rate, grace }: MinimumRate,
  body: Promise<T>,
): Promise<T> {
  const before = socket.bytesRead
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<never>((_, reject) => {
    let elapsed = 0
    timer = setInterval(() => {
      elapsed += LOOK
      const due = (Math.max(0, elapsed - grace) / 1000) * rate
      if (socket.bytesRead - before < due) reject(problem('tooSlow'))
    }, LOOK)
  })
  try {
    return await Promise.race([body, slow])
  } finally {
    clearInterval(timer)
  }
}
