import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'
import type { Scope, VerifyToken } from './verify-token.ts'

const BEARER = /^Bearer ([^\s]+)$/i

/** Rejects requests without a valid token that has `scope`. Sets `ctx.state.caller`. */
export function authenticate(verify: VerifyToken, scope: Scope): Middleware {
  return async (ctx, next) => {
    // Two Authorization headers are rejected: a proxy in front may have checked the other one.
    const [header = '', ...others] = ctx.req.headersDistinct.authorization ?? []
    const [, token] = BEARER.exec(header) ?? []
    if (token === undefined || others.length > 0) throw problem('loginRequired')
    const caller = await verify(token)
    ctx.state.caller = caller
    if (!caller.may(scope)) throw problem('insufficientScope', scope)
    return next()
  }
}
