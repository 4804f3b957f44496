import type { Attributes, Tracing } from '@visage/shared/tracing/tracing'
import type { Context, Middleware } from 'koa'
import type { Client } from './client-address.ts'

/**
 * Creates a span for each request. Only a trusted proxy may name the parent trace, because the parent also decides
 * whether the span is sampled.
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

/** Runs after the router, which sets the route. Client errors do not mark the span as failed. */
function describe(ctx: Context, tracing: Tracing): void {
  const span = tracing.current()
  if (ctx._matchedRoute) span.rename(`${ctx.method} ${ctx._matchedRoute}`)
  span.setAttributes(attributesOf(ctx))
  if (ctx.state.errorCause) span.fail(ctx.state.errorCause)
}

/** Uses OpenTelemetry's names; Visage's own attributes have the names of the log fields. */
const attributesOf = (ctx: Context): Attributes => ({
  'http.request.method': ctx.method,
  'http.route': ctx._matchedRoute?.toString(),
  'http.response.status_code': ctx.status,
  code: ctx.state.code ?? 0,
  upload_id: ctx.state.uploadId,
  correlation_id: ctx.state.correlationId,
})
