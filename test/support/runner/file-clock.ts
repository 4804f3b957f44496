import type { Durations, RunState } from './estimate.ts'

type Times = Pick<RunState, 'waiting' | 'running' | 'ended' | 'elapsed'>

/** Measures the test files of a run. Every `now` is in milliseconds, every result in seconds. */
export class FileClock {
  readonly #waiting: Set<string>
  readonly #running = new Map<string, number>()
  readonly #ended = new Map<string, number>()
  #firstBegan: number | undefined

  constructor(files: readonly string[]) {
    this.#waiting = new Set(files)
  }

  /** When the first file began. */
  get firstBegan(): number | undefined {
    return this.#firstBegan
  }

  get ended(): Durations {
    return Object.fromEntries(this.#ended)
  }

  begin(file: string, now: number): void {
    this.#firstBegan ??= now
    this.#waiting.delete(file)
    this.#running.set(file, now)
  }

  end(file: string, now: number): void {
    const began = this.#running.get(file) ?? now
    this.#waiting.delete(file)
    this.#running.delete(file)
    this.#ended.set(file, (now - began) / 1000)
  }

  times(now: number): Times {
    const running = [...this.#running].map(([file, began]) => [file, (now - began) / 1000])
    return {
      waiting: [...this.#waiting],
      running: Object.fromEntries(running),
      ended: this.ended,
      elapsed: (now - (this.#firstBegan ?? now)) / 1000,
    }
  }
}
