import { ConfigError } from '@visage/shared/config/read'
import { StackError } from './error.ts'

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'on'>

/** Prints progress for the user, whole lines only, because the apps write to the same terminal. */
export class Terminal {
  readonly #out: Out

  constructor(out: Out = process.stdout) {
    this.#out = out
    // The reader may close the output first. The stack continues without it.
    out.on('error', () => {})
  }

  /** Runs the work. Then prints the text of `done` for its result, and the duration. */
  async step<T>(work: () => Promise<T>, done: (result: T) => string): Promise<T> {
    const began = performance.now()
    const result = await work()
    this.print(`${this.#green('✓')} ${done(result)} ${this.#dim(`(${secondsSince(began)})`)}`)
    return result
  }

  /** Announces a slow step. */
  readonly notice = (what: string): void => this.print(this.#dim(`… ${what}`))

  /** Prints an expected error with the last output of the failed program. Prints the stack trace of any other error. */
  printError(error: unknown): void {
    const { message, stack, output = [] } = error as StackError
    const isExpected = error instanceof StackError || error instanceof ConfigError
    const lines = output.map((line) => `\n  ${line}`).join('')
    this.print(`${this.#red('✗')} ${isExpected ? message : stack}${this.#dim(lines)}`)
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

/** Formats the time since `began` (from `performance.now()`), such as "0.6 s". */
export const secondsSince = (began: number): string =>
  `${((performance.now() - began) / 1000).toFixed(1)} s`
