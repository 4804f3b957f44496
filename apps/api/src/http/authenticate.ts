import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { type Caller, type Scope, verifyToken } from './token.ts'

const BEARER = /^Bearer ([^\s]+)$/i

/** Lets a request pass whose token is good and whose scopes hold `scope`; `ctx.state.caller` is then who asks. */
export function authenticate(config: ApiConfig, scope: Scope): Middleware {
  return (ctx, next) => {
    const [, token] = BEARER.exec(ctx.get('Authorization')) ?? []
    if (token === undefined) throw problem('loginRequired')
    const caller: Caller = verifyToken(token, config)
    ctx.state.caller = caller
    if (!caller.may(scope)) throw problem('insufficientScope', scope)
    return next()
  }
}
