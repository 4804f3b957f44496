/** Trouble that one sentence tells a person in full; `output` is what the program itself said last. */
export class StackError extends Error {
  override readonly name = 'StackError'
  readonly output: readonly string[]

  constructor(sentence: string, output: readonly string[] = []) {
    super(sentence)
    this.output = output
  }
}
