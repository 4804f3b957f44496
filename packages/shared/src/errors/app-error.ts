import { catalogue, type MessageArguments, type Problem } from './catalogue.ts'
import { type Reason, reasons } from './reasons.ts'

/**
 * A failure with a name from the catalogue. `message` is for the client; what may not leave the
 * house (driver errors, keys, addresses) travels as `cause` and goes to the log only.
 */
export class AppError extends Error {
  readonly problem: Problem
  readonly reason: Reason | undefined

  constructor(
    problem: Problem,
    message: string,
    options: { cause?: unknown; reason?: Reason } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.problem = problem
    this.reason = options.reason
  }

  get code(): number {
    return catalogue[this.problem].code
  }

  get status(): number {
    return catalogue[this.problem].status
  }
}

/** `throw problem('tooLarge', '16 MiB')` */
export function problem<P extends Problem>(name: P, ...args: MessageArguments<P>): AppError {
  const msg = catalogue[name].msg as (...args: string[]) => string
  return new AppError(name, msg(...args))
}

/** The same, carrying the foreign error that it translates. */
export function causedBy(
  name: 'databaseFailed' | 'storeFailed' | 'keysUnavailable' | 'internal',
  cause: unknown,
): AppError {
  return new AppError(name, catalogue[name].msg(), { cause })
}

/** The picture's fault: never tried again. Anything else that is thrown in a job is ours, and is. */
export class Rejection extends AppError {
  declare readonly reason: Reason

  constructor(reason: Reason, msg: string = reasons[reason], cause?: unknown) {
    super(reason === 'unsupported_format' ? 'unsupportedFormat' : 'badParameter', msg, {
      reason,
      cause,
    })
    this.name = 'Rejection'
  }
}
