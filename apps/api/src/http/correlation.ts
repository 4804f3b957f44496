import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import { hasBody } from './body/read-body.ts'

export const CORRELATION_HEADER = 'X-Cr-Correlation-Id'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of the body that each connection brought last, for the answer to one that breaks off, which no middleware gives. */
const latest = new WeakMap<Duplex, string>()

export function latestCorrelationId(socket: Duplex): string {
  return latest.get(socket) ?? randomUUID()
}

/** Gives each request an id, its client's own where that is a UUID, and `logOf` what it takes to log it. */
export function correlation(log: Logger): Middleware {
  return (ctx, next) => {
    const given = ctx.get(CORRELATION_HEADER) || ctx.get('X-Correlation-Id')
    const id = UUID.test(given) ? given.toLowerCase() : randomUUID()
    if (hasBody(ctx)) latest.set(ctx.req.socket, id)
    ctx.state.correlationId = id
    ctx.state.processLog = log
    return next()
  }
}

/** A logger whose lines carry the request's id. Made when there is something to say, which is seldom. */
export function logOf({ state }: Context): Logger {
  const { processLog, correlationId } = state
  state.log ??= (processLog as Logger).child({ correlation_id: correlationId })
  return state.log
}
