import { AppError, problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import { retryAfterSeconds, setRateHeaders } from './headers.ts'
import type { Limiter } from './limiter.ts'

/** Limits the avatar changes of each user. Runs after authentication and before the body is read. */
export function limitUploads(limiter: Limiter): Middleware {
  return async (ctx, next) => {
    const { userId } = ctx.state.caller as Caller
    await consumeQuota(ctx, limiter, userId, 'uploads')
    return next()
  }
}

/**
 * Limits the failed logins from each client network. Requests with a valid token always pass, so a hostile client
 * cannot lock out other users of its network.
 */
export function limitAnonymous(limiter: Limiter): Middleware {
  return async (ctx, next) => {
    try {
      return await next()
    } catch (error) {
      if (isAuthenticationFailure(error))
        await consumeQuota(ctx, limiter, ctx.state.client.network, 'failed logins')
      throw error
    }
  }
}

function isAuthenticationFailure(error: unknown): boolean {
  return error instanceof AppError && ['loginRequired', 'invalidTokenType'].includes(error.problem)
}

async function consumeQuota(
  ctx: Context,
  limiter: Limiter,
  client: string,
  requests: string,
): Promise<void> {
  const states = await limiter.count(client)
  if (states.length === 0) return
  setRateHeaders(ctx, limiter.name, states)
  const exceeded = states.find((state) => state.exceeded)
  if (!exceeded) return
  const seconds = retryAfterSeconds(exceeded)
  ctx.set('Retry-After', String(seconds))
  throw problem('tooManyRequests', requests, formatDuration(seconds))
}

const UNITS = [
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** Formats in the largest unit that gives at least 2, rounded up: `42 seconds`, `14 hours`. */
function formatDuration(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ['second', 1]
  const amount = Math.ceil(seconds / length)
  return amount === 1 ? `1 ${unit}` : `${amount} ${unit}s`
}
