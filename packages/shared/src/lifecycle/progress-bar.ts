const WIDTH = 30

/** Progress bar on standard error. Prints nothing unless standard error is a terminal. */
export class ProgressBar {
  readonly #unit: string
  readonly #total: number
  readonly #isTerminal = process.stderr.isTTY
  #done = 0
  #drawn = -1

  constructor(unit: string, total: number) {
    this.#unit = unit
    this.#total = total
    this.#draw()
  }

  step(): void {
    this.#done++
    this.#draw()
  }

  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\x1b[K')
  }

  /** Redraws only when the percentage changes, because a terminal is slower than the steps. */
  #draw(): void {
    const share = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total)
    const percent = Math.floor(share * 100)
    if (!this.#isTerminal || percent === this.#drawn) return
    this.#drawn = percent
    const full = Math.round(share * WIDTH)
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full)
    process.stderr.write(`\r${bar} ${percent}% of ${this.#total} ${this.#unit}`)
  }
}
