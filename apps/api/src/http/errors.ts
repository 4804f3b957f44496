import { failure, toAppError } from '@visage/shared/envelope'
import type { AppError } from '@visage/shared/errors/app-error'
import type { Problem } from '@visage/shared/errors/catalogue'
import type { Context, Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { closeUnreadBody, hasUnreadBody } from './body/unread-body.ts'
import { logOf } from './correlation.ts'

/** Seconds after which a client may retry, for the `Retry-After` header. */
const RETRY_AFTER: Partial<Record<Problem, number>> = {
  unavailable: 2,
  databaseFailed: 5,
  storeFailed: 5,
  keysUnavailable: 5,
}

/** HTTP statuses on image routes, where they differ from the catalogue: browsers read the status, not the envelope. */
const IMAGE_STATUS: Partial<Record<Problem, number>> = {
  badParameter: 400,
  databaseFailed: 503,
  storeFailed: 503,
}

type ErrorConfig = Pick<ApiConfig, 'debugErrors' | 'refusedBodyTimeout'>

/**
 * Converts every error of the later middleware into the published envelope. Logs the cause of an error; the envelope
 * has it only if `debugErrors` is set.
 */
export function envelopeErrors(config: ErrorConfig): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (thrown) {
      const error = toAppError(thrown)
      recordError(ctx, error)
      answer(ctx, error, config.debugErrors)
      if (hasUnreadBody(ctx)) await closeUnreadBody(ctx, config.refusedBodyTimeout)
    }
  }
}

/** Marks the request as one of an image route, whose errors have their own statuses. */
export const markImageRoute: Middleware = (ctx, next) => {
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

function recordError(ctx: Context, error: AppError): void {
  ctx.state.code = error.code
  if (error.cause === undefined) return
  ctx.state.errorCause = error.cause
  const level = error.problem === 'internal' ? 'error' : 'warn'
  logOf(ctx)[level]({ err: error.cause, problem: error.problem }, 'Failed to handle request')
}
