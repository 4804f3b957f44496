import type { Attributes, Tracing } from '@visage/shared/tracing/tracing'
import type { Context, Middleware } from 'koa'
import type { Client } from './client-address.ts'

/**
 * A span of each request. Who may say which trace it belongs to, and so that it is kept at all, is who may
 * say where it comes from: a trusted proxy.
 */
export function traceRequests(tracing: Tracing): Middleware {
  return (ctx, next) => {
    const { proxied } = ctx.state.client as Client
    return tracing.request(ctx.method, proxied ? ctx.req.headers : {}, async () => {
      try {
        await next()
      } finally {
        describe(ctx, tracing)
      }
    })
  }
}

/** The route is known only now. What a client did wrong is no error of ours. */
function describe(ctx: Context, tracing: Tracing): void {
  const span = tracing.current()
  if (ctx._matchedRoute) span.rename(`${ctx.method} ${ctx._matchedRoute}`)
  span.note(attributesOf(ctx))
  if (ctx.state.trouble) span.fail(ctx.state.trouble)
}

/** Named as OpenTelemetry names them, and what is ours as in the log. */
const attributesOf = (ctx: Context): Attributes => ({
  'http.request.method': ctx.method,
  'http.route': ctx._matchedRoute?.toString(),
  'http.response.status_code': ctx.status,
  code: ctx.state.code ?? 0,
  upload_id: ctx.state.uploadId,
  correlation_id: ctx.state.correlationId,
})
