/** What Node's timers hold, in milliseconds: past it they fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** What was awaited did not come in time. What it awaited may still happen. */
export class DeadlineError extends Error {
  constructor(what: string, milliseconds: number) {
    super(`${what} took longer than ${milliseconds} ms`)
    this.name = 'DeadlineError'
  }
}

/** @throws DeadlineError once `milliseconds` are over; the work itself is not cancelled */
export async function withTimeout<T>(
  what: string,
  milliseconds: number,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    const soonest = Math.min(milliseconds, LONGEST_TIMER)
    timer = setTimeout(() => reject(new DeadlineError(what, milliseconds)), soonest)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
