/** An expected failure whose message is enough for the user. `output` holds the last lines that the failed program printed. */
export class StackError extends Error {
  override readonly name = 'StackError'
  readonly output: readonly string[]

  constructor(message: string, output: readonly string[] = []) {
    super(message)
    this.output = output
  }
}
