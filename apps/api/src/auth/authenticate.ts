import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'
import type { Scope, VerifyToken } from './verify-token.ts'

const BEARER = /^Bearer ([^\s]+)$/i

/** Lets a request pass whose token is good and whose scopes hold `scope`; `ctx.state.caller` is then who asks. */
export function authenticate(verify: VerifyToken, scope: Scope): Middleware {
  return async (ctx, next) => {
    // Of two headers a proxy may have looked at the other one.
    const [header = '', ...more] = ctx.req.headersDistinct.authorization ?? []
    const [, token] = BEARER.exec(header) ?? []
    if (token === undefined || more.length > 0) throw problem('loginRequired')
    const caller = await verify(token)
    ctx.state.caller = caller
    if (!caller.may(scope)) throw problem('insufficientScope', scope)
    return next()
  }
}
