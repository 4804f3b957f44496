import type { Context, Middleware } from 'koa'
import { logOf } from './correlation.ts'
import { countRequest, type RequestMetrics } from './count-request.ts'

/**
 * Logs one line for each request and records the request in the metrics. The line has the route instead of the path, so
 * that user ids and query strings stay out of the log. Served pictures are most of the traffic: their level is `debug`.
 */
export function accessLog(metrics: RequestMetrics): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    try {
      await next()
    } finally {
      const ms = performance.now() - started
      countRequest(ctx, ms / 1000, metrics)
      if (!isServedPicture(ctx) || ctx.state.processLog.isLevelEnabled('debug')) logRequest(ctx, ms)
    }
  }
}

function isServedPicture({ state, status }: Context): boolean {
  return state.imageRoute && status < 400
}

function logRequest(ctx: Context, ms: number): void {
  const line = {
    method: ctx.method,
    route: ctx._matchedRoute,
    status: ctx.status,
    code: ctx.state.code ?? 0,
    ms: Math.round(ms * 10) / 10,
    user: ctx.state.caller?.userId,
    upload_id: ctx.state.uploadId,
  }
  logOf(ctx)[isServedPicture(ctx) ? 'debug' : 'info'](line, 'Handled request')
}
