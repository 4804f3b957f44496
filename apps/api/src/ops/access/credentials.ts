import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { ApiConfig } from '../../config.ts'
import { clientOf } from '../../http/client-address.ts'
import { dashboardError } from '../dashboard-errors.ts'
import { isLoopback } from './loopback.ts'

/** Wrong passwords that an address may send in this many seconds. Past them the right one is refused too. */
const FAILED_ATTEMPTS = { points: 10, duration: 60 }

type Access = Pick<ApiConfig, 'opsUser' | 'opsPassword' | 'trustedProxies'>

/** Lets in who knows OPS_USER and OPS_PASSWORD (RFC 7617); where there are none, who is on this machine. */
export function requireAccess({ opsUser, opsPassword, trustedProxies }: Access): Middleware {
  if (opsUser === undefined || opsPassword === undefined) return requireLoopbackName
  const right = digest(`${opsUser}:${opsPassword}`)
  const guesses = new RateLimiterMemory(FAILED_ATTEMPTS)
  return async (ctx, next) => {
    const given = credentials(ctx)
    if (given === undefined) throw unauthorized(ctx)
    const isRight = timingSafeEqual(digest(given), right)
    const { network } = clientOf(ctx.req, trustedProxies)
    const count = isRight ? await guesses.get(network) : await guesses.penalty(network)
    if (count && count.consumedPoints > FAILED_ATTEMPTS.points)
      throw tooMany(ctx, count.msBeforeNext)
    if (!isRight) throw unauthorized(ctx)
    return next()
  }
}

/** A page of another site's that has its own name resolve to this machine sends that name: DNS rebinding. */
const requireLoopbackName: Middleware = (ctx, next) => {
  if (!isLoopback(ctx.hostname)) throw dashboardError('foreignName')
  return next()
}

/** As they were sent; undefined where there are none. */
function credentials(ctx: Context): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(ctx.get('Authorization')) ?? []
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}

/** Of one length, whatever was sent. */
const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

function unauthorized(ctx: Context): Error {
  ctx.set('WWW-Authenticate', 'Basic realm="queues", charset="UTF-8"')
  return dashboardError('noAccess')
}

function tooMany(ctx: Context, milliseconds: number): Error {
  ctx.set('Retry-After', String(Math.max(1, Math.ceil(milliseconds / 1000))))
  return dashboardError('tooManyGuesses')
}
