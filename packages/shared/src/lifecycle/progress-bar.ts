const WIDTH = 30

/** A line on standard error that fills; nothing where no person watches. */
export class ProgressBar {
  readonly #what: string
  readonly #total: number
  readonly #shown = process.stderr.isTTY
  #done = 0
  #drawn = -1

  constructor(what: string, total: number) {
    this.#what = what
    this.#total = total
    this.#draw()
  }

  step(): void {
    this.#done++
    this.#draw()
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K')
  }

  /** Redraws only when a per cent is full: rows come faster than a terminal can take lines. */
  #draw(): void {
    const share = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total)
    const percent = Math.floor(share * 100)
    if (!this.#shown || percent === this.#drawn) return
    this.#drawn = percent
    const full = Math.round(share * WIDTH)
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full)
    process.stderr.write(`\r${bar} ${percent}% of ${this.#total} ${this.#what}`)
  }
}
