import { afterAll, expect } from 'vitest'

/** Factor for a busy machine. Only a missing timeout exceeds it. */
const SLACK = 10

/** Measures work that has a time limit. In the slow tier it prints the slowest time of each kind. */
export class Stopwatch {
  readonly #slowest = new Map<string, number>()

  constructor() {
    afterAll(() => {
      const lines = [...this.#slowest].map(
        ([what, ms]) => `${what}: ${Math.round(ms)} ms at most\n`,
      )
      if (process.env.VISAGE_TIER !== 'fast') process.stdout.write(lines.join(''))
    })
  }

  /** Fails if the work takes longer than `SLACK` limits. @param limit milliseconds that the timeouts of the apps allow */
  async time<T>(what: string, limit: number, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    const result = await work()
    const took = performance.now() - started
    this.#slowest.set(what, Math.max(took, this.#slowest.get(what) ?? 0))
    expect(took, what).toBeLessThan(limit * SLACK)
    return result
  }
}
