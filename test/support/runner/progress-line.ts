/** Milliseconds between two lines: on a terminal one line is rewritten, elsewhere each is a line of the log. */
const TERMINAL_INTERVAL = 1000
const LOG_INTERVAL = 15_000

const CLEAR_LINE = '\r\x1b[K'

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

/** Prints how far a run is: a live line on a terminal, else a line from time to time. */
export class ProgressLine {
  readonly #text: () => string
  readonly #out: Out
  #timer: NodeJS.Timeout | undefined

  constructor(text: () => string, out: Out = process.stdout) {
    this.#text = text
    this.#out = out
  }

  start(): void {
    const interval = this.#out.isTTY ? TERMINAL_INTERVAL : LOG_INTERVAL
    this.#timer = setInterval(() => this.#print(), interval).unref()
    this.refresh()
  }

  stop(): void {
    if (!this.#timer) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#clear()
  }

  /** Rewrites the live line at once. A log gets no line for it. */
  refresh(): void {
    if (this.#timer && this.#out.isTTY) this.#print()
  }

  /** Lets the work write whole lines where the live line stands. */
  above(work: () => void): void {
    if (this.#timer) this.#clear()
    work()
    this.refresh()
  }

  #print(): void {
    if (!this.#out.isTTY) this.#out.write(`${this.#text()}\n`)
    else this.#out.write(`${CLEAR_LINE}${this.#text().slice(0, (this.#out.columns || 80) - 1)}`)
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write(CLEAR_LINE)
  }
}
