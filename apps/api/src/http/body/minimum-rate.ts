import type { IncomingMessage } from 'node:http'
import { problem } from '@visage/shared/errors/app-error'

/** The rate at which a client must send a body. */
export interface MinimumRate {
  /** Bytes per second, as an average since the end of the grace period. */
  readonly rate: number
  /** Milliseconds at the start without a required rate. */
  readonly grace: number
}

/** Milliseconds between two checks of the rate. */
const CHECK_INTERVAL = 250

/**
 * Waits for the body while the client sends at the minimum rate. A slower client cannot hold a share of the byte
 * budget. Elapsed time is the number of checks, so the client is not charged for time in which this process was
 * blocked.
 * @throws tooSlow
 */
export async function enforceMinimumRate<T>(
  { socket }: IncomingMessage,
  { rate, grace }: MinimumRate,
  body: Promise<T>,
): Promise<T> {
  const bytesAtStart = socket.bytesRead
  let timer: NodeJS.Timeout | undefined
  const tooSlow = new Promise<never>((_, reject) => {
    let elapsed = 0
    timer = setInterval(() => {
      elapsed += CHECK_INTERVAL
      const requiredBytes = (Math.max(0, elapsed - grace) / 1000) * rate
      if (socket.bytesRead - bytesAtStart < requiredBytes) reject(problem('tooSlow'))
    }, CHECK_INTERVAL)
  })
  try {
    return await Promise.race([body, tooSlow])
  } finally {
    clearInterval(timer)
  }
}
