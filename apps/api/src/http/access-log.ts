import type { Context, Middleware } from 'koa'
import { logOf } from './correlation.ts'
import { countRequest, type RequestMetrics } from './count-request.ts'

/**
 * One line a request, and its place in the metrics, with the route rather than the path: no id of a user in an
 * address, no query. Pictures that were shown are most of the traffic, and of no interest until something is
 * sought: they are logged at `debug`.
 */
export function accessLog(metrics: RequestMetrics): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    try {
      await next()
    } finally {
      const ms = performance.now() - started
      countRequest(ctx, ms / 1000, metrics)
      if (!isPictureShown(ctx) || ctx.state.processLog.isLevelEnabled('debug')) note(ctx, ms)
    }
  }
}

function isPictureShown({ state, status }: Context): boolean {
  return state.imageRoute && status < 400
}

function note(ctx: Context, ms: number): void {
  const line = {
    method: ctx.method,
    route: ctx._matchedRoute,
    status: ctx.status,
    code: ctx.state.code ?? 0,
    ms: Math.round(ms * 10) / 10,
    user: ctx.state.caller?.userId,
    upload_id: ctx.state.uploadId,
  }
  logOf(ctx)[isPictureShown(ctx) ? 'debug' : 'info'](line, 'request')
}
