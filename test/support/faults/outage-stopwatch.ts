import { afterAll, expect } from 'vitest'

/** A busy machine takes several times as long. A timeout that is missing takes for ever. */
const SLACK = 10

/** Times what has to be over soon, and in the slow tier prints the slowest of each kind at the end of the file. */
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

  /** @param limit milliseconds that the timeouts of the apps allow for the work */
  async time<T>(what: string, limit: number, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    const result = await work()
    const took = performance.now() - started
    this.#slowest.set(what, Math.max(took, this.#slowest.get(what) ?? 0))
    expect(took, what).toBeLessThan(limit * SLACK)
    return result
  }
}
