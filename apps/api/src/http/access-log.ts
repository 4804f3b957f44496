import type { Context, Middleware } from 'koa'
import { logOf } from './correlation.ts'

/**
 * One line a request, with the route rather than the path: no id of a user in an address, no query. Pictures
 * that were shown are most of the traffic, and of no interest until something is sought: they are logged
 * at `debug`.
 */
export const accessLog: Middleware = async (ctx, next) => {
  const started = performance.now()
  try {
    await next()
  } finally {
    if (!isPictureShown(ctx) || ctx.state.processLog.isLevelEnabled('debug')) note(ctx, started)
  }
}

function isPictureShown({ state, status }: Context): boolean {
  return state.imageRoute && status < 400
}

function note(ctx: Context, started: number): void {
  const line = {
    method: ctx.method,
    route: ctx._matchedRoute,
    status: ctx.status,
    code: ctx.state.code ?? 0,
    ms: Math.round((performance.now() - started) * 10) / 10,
    user: ctx.state.caller?.userId,
    upload_id: ctx.state.uploadId,
  }
  logOf(ctx)[isPictureShown(ctx) ? 'debug' : 'info'](line, 'request')
}
