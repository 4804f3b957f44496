import type { UserId } from '@visage/shared/avatar/user-id'
import { isUserId } from '@visage/shared/avatar/user-id'
import { AppError } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Context, Middleware } from 'koa'
import { queryOf } from '../http/query.ts'
import type { Services } from '../services.ts'
import { findPending } from './find-pending.ts'
import { waitForOutcome } from './wait-for-outcome.ts'

/** Milliseconds for the whole wait. */
const TIMEOUT = 3000

/** Fraction of the waiter limit. Anyone may request any picture: these waits must leave room for the owners' waits. */
const WAITER_SHARE = 0.25

const TRUE_VALUES = new Set<unknown>(['1', 'true'])

/**
 * If the query has `nocache`, waits for a pending upload of the requested user before the next middleware runs. Skips
 * the wait if the pending upload cannot be determined or there is no room for another waiter.
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
    const waited = withTimeout('Waiting for a pending upload', TIMEOUT, wait(ctx, id, services))
    return waited.catch(rethrowDatabaseFailure).then(next)
  }
}

async function wait({ res }: Context, user: UserId, services: Services): Promise<void> {
  const deadline = Date.now() + TIMEOUT
  const pending = await findPending(user, services)
  if (!pending) return
  const options = { timeout: deadline - Date.now(), response: res, share: WAITER_SHARE }
  await waitForOutcome(pending.id, options, services.outcomeWaiters)
}

/** Without the database, no picture can be sent: the request fails without a second query. Other errors are ignored. */
function rethrowDatabaseFailure(error: unknown): void {
  if (error instanceof AppError && error.problem === 'databaseFailed') throw error
}
