import type { UserId } from '@visage/shared/avatar/user-id'
import { isUserId } from '@visage/shared/avatar/user-id'
import { AppError } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Context, Middleware } from 'koa'
import { queryOf } from '../http/query.ts'
import type { Services } from '../services.ts'
import { findPending } from './find-pending.ts'
import { waitForOutcome } from './wait-for-outcome.ts'

/** Milliseconds, in all. */
const TIMEOUT = 3000

/** Of the places for listeners: anyone may ask for anyone's picture, and must not take those of the owners. */
const WAITER_SHARE = 0.25

const TRUE_VALUES = new Set<unknown>(['1', 'true'])

/**
 * With `nocache`, what comes after this waits for a pending upload of the user's who is asked for.
 * Where that cannot be found out, or there is no room to wait, it does not.
 */
export function waitForPending(services: Services): Middleware {
  return (ctx, next) => {
    const { id } = ctx.params
    if (
      !TRUE_VALUES.has(queryOf(ctx).nocache) ||
      !isUserId(id) ||
      !services.outcomeWaiters.hasRoom(WAITER_SHARE)
    )
      return next()
    const waited = withTimeout('a pending upload', TIMEOUT, wait(ctx, id, services))
    return waited.catch(unlessDatabase).then(next)
  }
}

async function wait({ res }: Context, user: UserId, services: Services): Promise<void> {
  const until = Date.now() + TIMEOUT
  const pending = await findPending(user, services)
  if (!pending) return
  const options = { timeout: until - Date.now(), response: res, share: WAITER_SHARE }
  await waitForOutcome(pending.id, options, services.outcomeWaiters)
}

/** Nothing can be shown without the database: it is not asked twice. */
function unlessDatabase(error: unknown): void {
  if (error instanceof AppError && error.problem === 'databaseFailed') throw error
}
