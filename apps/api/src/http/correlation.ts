import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import { hasBody } from './body/read-body.ts'

export const CORRELATION_HEADER = 'X-Cr-Correlation-Id'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The correlation id of each connection's latest request with a body. `answerClientError` runs outside the middleware.
 */
const latestIds = new WeakMap<Duplex, string>()

export function latestCorrelationId(socket: Duplex): string {
  return latestIds.get(socket) ?? randomUUID()
}

/** Sets the correlation id of each request: the client's id if it is a UUID, else a new one. Prepares `logOf`. */
export function correlation(log: Logger): Middleware {
  return (ctx, next) => {
    const requested = ctx.get(CORRELATION_HEADER) || ctx.get('X-Correlation-Id')
    const id = UUID.test(requested) ? requested.toLowerCase() : randomUUID()
    if (hasBody(ctx)) latestIds.set(ctx.req.socket, id)
    ctx.state.correlationId = id
    ctx.state.processLog = log
    return next()
  }
}

/** Returns the request's logger, whose lines have `correlation_id`. Created on first use: most requests log nothing. */
export function logOf({ state }: Context): Logger {
  const { processLog, correlationId } = state
  state.log ??= (processLog as Logger).child({ correlation_id: correlationId })
  return state.log
}
