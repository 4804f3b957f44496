import type { Logger } from '@visage/shared/log/logger'
import type { Middleware } from 'koa'

/** One line a request, with the route rather than the path: no id of a user in an address, no query. */
export const accessLog: Middleware = async (ctx, next) => {
  const started = performance.now()
  try {
    await next()
  } finally {
    const log = ctx.state.log as Logger
    log.info(
      {
        method: ctx.method,
        route: ctx._matchedRoute,
        status: ctx.status,
        code: ctx.state.code ?? 0,
        ms: Math.round((performance.now() - started) * 10) / 10,
        user: ctx.state.caller?.userId,
        upload_id: ctx.state.uploadId,
      },
      'request',
    )
  }
}
