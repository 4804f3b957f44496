import { AppError, problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import { retryAfterSeconds, setRateHeaders } from './headers.ts'
import type { Limiter } from './limiter.ts'

/** Lets each user change their picture so often and no more. Comes after authentication, before the body. */
export function limitUploads(limiter: Limiter): Middleware {
  return async (ctx, next) => {
    const { userId } = ctx.state.caller as Caller
    await count(ctx, limiter, userId, 'uploads')
    return next()
  }
}

/**
 * Lets each address fail to log in so often and no more. A good token passes all the same: those
 * who share an address with somebody hostile are not locked out by it.
 */
export function limitAnonymous(limiter: Limiter): Middleware {
  return async (ctx, next) => {
    try {
      return await next()
    } catch (error) {
      if (isAuthenticationFailure(error))
        await count(ctx, limiter, ctx.state.client.network, 'failed logins')
      throw error
    }
  }
}

function isAuthenticationFailure(error: unknown): boolean {
  return error instanceof AppError && ['loginRequired', 'invalidTokenType'].includes(error.problem)
}

async function count(ctx: Context, limiter: Limiter, who: string, what: string): Promise<void> {
  const standings = await limiter.count(who)
  if (standings.length === 0) return
  setRateHeaders(ctx, limiter.name, standings)
  const refusing = standings.find(({ refused }) => refused)
  if (!refusing) return
  const seconds = retryAfterSeconds(refusing)
  ctx.set('Retry-After', String(seconds))
  throw problem('tooManyRequests', what, inWords(seconds))
}

const UNITS = [
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** The largest unit of which there are two at least, rounded up: `42 seconds`, `14 hours`. */
function inWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ['second', 1]
  const amount = Math.ceil(seconds / length)
  return amount === 1 ? `1 ${unit}` : `${amount} ${unit}s`
}
