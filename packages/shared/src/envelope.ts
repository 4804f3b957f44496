import { AppError, causedBy } from './errors/app-error.ts'

/** The response wrapper of the published API. Members are always sent in this order. */
export interface Envelope {
  readonly code: number
  readonly data?: unknown
  readonly msg: string
  readonly error?: string
  readonly correlation_id?: string
}

export function success(data?: unknown): Envelope {
  return data === undefined ? { code: 0, msg: '' } : { code: 0, data, msg: '' }
}

/** @param debug adds the text of the innermost cause as `error` */
export function failure(error: AppError, correlationId: string, debug: boolean): Envelope {
  const inner = debug ? innermost(error) : undefined
  return {
    code: error.code,
    msg: error.message,
    ...(inner === undefined ? {} : { error: inner }),
    correlation_id: correlationId,
  }
}

/** Converts a thrown value to an AppError. A value that is not an AppError is a bug and becomes `internal`. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : causedBy('internal', thrown)
}

function innermost(error: Error): string {
  let inner: unknown = error
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause
  return inner instanceof Error ? inner.message || inner.name : String(inner)
}
