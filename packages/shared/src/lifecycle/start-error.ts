/** Reason why a process cannot start. The message is for the operator and is printed without a stack trace. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}
