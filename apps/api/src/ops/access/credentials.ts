import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { ApiConfig } from '../../config.ts'
import { clientOf } from '../../http/client-address.ts'
import { dashboardError } from '../dashboard-errors.ts'
import { isLoopback } from './loopback.ts'

/** One address may make `points` failed logins in `duration` seconds. Above the limit, correct credentials fail too. */
const FAILED_ATTEMPTS = { points: 10, duration: 60 }

type Access = Pick<ApiConfig, 'opsUser' | 'opsPassword' | 'trustedProxies'>

/** Requires OPS_USER and OPS_PASSWORD (RFC 7617). Without these settings, requires a loopback name in `Host`. */
export function requireAccess({ opsUser, opsPassword, trustedProxies }: Access): Middleware {
  if (opsUser === undefined || opsPassword === undefined) return requireLoopbackName
  const expected = digest(`${opsUser}:${opsPassword}`)
  const failures = new RateLimiterMemory(FAILED_ATTEMPTS)
  return async (ctx, next) => {
    const given = credentials(ctx)
    if (given === undefined) throw unauthorized(ctx)
    const isCorrect = timingSafeEqual(digest(given), expected)
    const { network } = clientOf(ctx.req, trustedProxies)
    const count = isCorrect ? await failures.get(network) : await failures.penalty(network)
    if (count && count.consumedPoints > FAILED_ATTEMPTS.points)
      throw tooMany(ctx, count.msBeforeNext)
    if (!isCorrect) throw unauthorized(ctx)
    return next()
  }
}

/** Prevents DNS rebinding: a foreign page whose name resolves to this machine sends its own name in `Host`. */
const requireLoopbackName: Middleware = (ctx, next) => {
  if (!isLoopback(ctx.hostname)) throw dashboardError('foreignHost')
  return next()
}

/** Reads `name:password` from the request. Returns undefined if there is none. */
function credentials(ctx: Context): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(ctx.get('Authorization')) ?? []
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}

/** Gives the compared values the same length, which timingSafeEqual requires. */
const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

function unauthorized(ctx: Context): Error {
  ctx.set('WWW-Authenticate', 'Basic realm="queues", charset="UTF-8"')
  return dashboardError('unauthorized')
}

function tooMany(ctx: Context, milliseconds: number): Error {
  ctx.set('Retry-After', String(Math.max(1, Math.ceil(milliseconds / 1000))))
  return dashboardError('tooManyFailedLogins')
}
