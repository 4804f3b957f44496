/** Maximum milliseconds of a Node.js timer. A timer with a longer delay fires at once. */
const MAX_TIMER = 2 ** 31 - 1

/** An operation did not settle before its timeout. It may still take effect. */
export class DeadlineError extends Error {
  constructor(operation: string, milliseconds: number) {
    super(`${operation} took longer than ${milliseconds} ms`)
    this.name = 'DeadlineError'
  }
}

/**
 * Waits for `work`, at most `milliseconds`. Does not cancel `work`.
 * @param operation names the work in the error's message
 * @throws DeadlineError after the timeout
 */
export async function withTimeout<T>(
  operation: string,
  milliseconds: number,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    const delay = Math.min(milliseconds, MAX_TIMER)
    timer = setTimeout(() => reject(new DeadlineError(operation, milliseconds)), delay)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
