import { failure, toAppError } from '@visage/shared/envelope'
import type { AppError } from '@visage/shared/errors/app-error'
import type { Problem } from '@visage/shared/errors/catalogue'
import type { Context, Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { closeUnreadBody, hasUnreadBody } from './body/unread-body.ts'
import { logOf } from './correlation.ts'

/** Seconds after which a client may try again. */
const RETRY_AFTER: Partial<Record<Problem, number>> = {
  unavailable: 2,
  databaseFailed: 5,
  storeFailed: 5,
  keysUnavailable: 5,
}

/** Image routes answer as image routes do: what fails has a status of its own. */
const IMAGE_STATUS: Partial<Record<Problem, number>> = {
  badParameter: 400,
  databaseFailed: 503,
  storeFailed: 503,
}

type ErrorConfig = Pick<ApiConfig, 'debugErrors' | 'refusedBodyTimeout'>

/** Whatever is thrown below becomes the published envelope; what only we may know goes to the log. */
export function envelopeErrors(config: ErrorConfig): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (thrown) {
      const error = toAppError(thrown)
      note(ctx, error)
      answer(ctx, error, config.debugErrors)
      if (hasUnreadBody(ctx)) await closeUnreadBody(ctx, config.refusedBodyTimeout)
    }
  }
}

export const imageErrors: Middleware = (ctx, next) => {
  ctx.state.imageRoute = true
  return next()
}

function answer(ctx: Context, error: AppError, debug: boolean): void {
  const status = (ctx.state.imageRoute && IMAGE_STATUS[error.problem]) || error.status
  const retryAfter = RETRY_AFTER[error.problem]
  ctx.status = status
  ctx.remove('ETag')
  ctx.set('Cache-Control', 'no-store')
  if (status === 503 && retryAfter) ctx.set('Retry-After', String(retryAfter))
  ctx.type = 'json'
  ctx.body = failure(error, ctx.state.correlationId, debug)
}

function note(ctx: Context, error: AppError): void {
  ctx.state.code = error.code
  if (error.cause === undefined) return
  ctx.state.trouble = error.cause
  logOf(ctx)[error.problem === 'internal' ? 'error' : 'warn']({ err: error.cause }, error.message)
}
