import type { Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { limitAnonymous, limitUploads } from '../rate-limit/middleware.ts'
import type { Services } from '../services.ts'
import { authenticate } from './authenticate.ts'
import { tokenVerifier } from './verify-token.ts'

/**
 * The access level of a route. `public`: no token needed. `read`: a token with the scope UserInfo.Read. `change`: a
 * token with the scope UserInfo.Write, limited by RATE_LIMIT.
 */
export type Access = 'public' | 'read' | 'change'

/** Creates the middleware of each access level, in the order in which it runs. */
export function accessMiddleware(
  config: ApiConfig,
  { log, limiters }: Pick<Services, 'log' | 'limiters'>,
): Readonly<Record<Access, Middleware[]>> {
  const verify = tokenVerifier(config, log)
  const anonymous = limitAnonymous(limiters.anonymous)
  return {
    public: [],
    read: [anonymous, authenticate(verify, 'UserInfo.Read')],
    change: [
      ...[anonymous, authenticate(verify, 'UserInfo.Write')],
      limitUploads(limiters.uploads),
    ],
  }
}
