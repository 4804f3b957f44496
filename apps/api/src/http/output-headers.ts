import { httpsHeaders, outputHeaders } from '@visage/shared/output-headers'
import type { Context, Middleware } from 'koa'
import type { Client } from './client-address.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import { isPicturePath } from './path.ts'

/**
 * Sets what every answer carries before anything can be answered. Of what is thrown past the envelope,
 * which only a bug does, Koa 3.3 keeps no headers but those that the error carries; and it writes to
 * the error's `status`, which an AppError does not permit.
 */
export function setOutputHeaders(prefix: string | undefined): Middleware {
  return async (ctx, next) => {
    const headers = headersOf(ctx, prefix)
    ctx.set(headers)
    try {
      await next()
    } catch (thrown) {
      throw Object.assign(new Error('thrown past the envelope', { cause: thrown }), {
        headers: { ...headers, ...rest(ctx) },
      })
    }
  }
}

function headersOf(ctx: Context, prefix: string | undefined) {
  const { https } = ctx.state.client as Client
  return {
    ...outputHeaders[isPicturePath(ctx, prefix) ? 'picture' : 'envelope'],
    ...(https ? httpsHeaders : {}),
  }
}

const rest = (ctx: Context) => ({
  'Cache-Control': 'no-store',
  [CORRELATION_HEADER]: ctx.state.correlationId,
})
