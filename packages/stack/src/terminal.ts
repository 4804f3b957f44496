import { ConfigError } from '@visage/shared/config/read'
import { StackError } from './error.ts'

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'on'>

/** Tells a person what is being done, in lines: our apps write to the same terminal meanwhile. */
export class Terminal {
  readonly #out: Out

  constructor(out: Out = process.stdout) {
    this.#out = out
    // It may be closed before us; what we do then goes on unseen.
    out.on('error', () => {})
  }

  /** Runs the work, then prints what `done` makes of its result, and the time it took. */
  async step<T>(work: () => Promise<T>, done: (result: T) => string): Promise<T> {
    const began = performance.now()
    const result = await work()
    this.print(`${this.#green('✓')} ${done(result)} ${this.#dim(`(${secondsSince(began)})`)}`)
    return result
  }

  /** Before what takes long. */
  readonly notice = (what: string): void => this.print(this.#dim(`… ${what}`))

  /** One sentence for what was foreseen, with what a program said last; else all there is to know. */
  problem(error: unknown): void {
    const { message, stack, output = [] } = error as StackError
    const foreseen = error instanceof StackError || error instanceof ConfigError
    const said = output.map((line) => `\n  ${line}`).join('')
    this.print(`${this.#red('✗')} ${foreseen ? message : stack}${this.#dim(said)}`)
  }

  print(text: string): void {
    this.#out.write(`${text}\n`)
  }

  readonly #paint = (code: number) => (text: string) =>
    this.#out.isTTY && text ? `\x1b[${code}m${text}\x1b[0m` : text
  readonly #green = this.#paint(32)
  readonly #red = this.#paint(31)
  readonly #dim = this.#paint(2)
}

/** "0.6 s". */
export const secondsSince = (began: number): string =>
  `${((performance.now() - began) / 1000).toFixed(1)} s`
