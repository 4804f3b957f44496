import { catalogue, type MessageArguments, type Problem } from './catalogue.ts'
import { type Reason, reasons } from './reasons.ts'

/**
 * A failure from the catalogue. `message` is for the client. `cause` is for the log only, because it can contain driver
 * errors, keys or addresses.
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

/** Creates an error of the catalogue: `throw problem('tooLarge', '16 MiB')` */
export function problem<P extends Problem>(name: P, ...args: MessageArguments<P>): AppError {
  const msg = catalogue[name].msg as (...args: string[]) => string
  return new AppError(name, msg(...args))
}

/** Translates a foreign error to an error of the catalogue. The foreign error becomes the cause. */
export function causedBy(
  name: 'databaseFailed' | 'storeFailed' | 'keysUnavailable' | 'internal',
  cause: unknown,
): AppError {
  return new AppError(name, catalogue[name].msg(), { cause })
}

/** Rejects a picture because of its content. The job is not retried; it is retried after any other error. */
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
