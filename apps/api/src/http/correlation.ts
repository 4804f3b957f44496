import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Logger } from '@visage/shared/log/logger'
import type { Middleware } from 'koa'

export const CORRELATION_HEADER = 'X-Cr-Correlation-Id'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of the request that each connection brought last, for an answer that no middleware gives. */
const latest = new WeakMap<Duplex, string>()

export function latestCorrelationId(socket: Duplex): string {
  return latest.get(socket) ?? randomUUID()
}

/** Gives each request an id, its client's own where that is a UUID, and a logger that carries it. */
export function correlation(log: Logger): Middleware {
  return (ctx, next) => {
    const given = ctx.get(CORRELATION_HEADER) || ctx.get('X-Correlation-Id')
    const id = UUID.test(given) ? given.toLowerCase() : randomUUID()
    latest.set(ctx.req.socket, id)
    ctx.state.correlationId = id
    ctx.state.log = log.child({ correlation_id: id })
    ctx.set(CORRELATION_HEADER, id)
    return next()
  }
}
