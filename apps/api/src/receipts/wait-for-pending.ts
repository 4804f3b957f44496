import type { UserId } from '@visage/shared/avatar/user-id'
import { isUserId } from '@visage/shared/avatar/user-id'
import { AppError } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import { queryOf } from '../http/query.ts'
import { findPending } from './find-pending.ts'
import { outcomeOf } from './wait-for-outcome.ts'

/** Milliseconds, in all. */
const PATIENCE = 3000

/** Of the places for listeners: anyone may ask for anyone's picture, and must not take those of the owners. */
const SHARE = 0.25

const WORDS = new Set<unknown>(['1', 'true'])

/**
 * With `nocache`, what comes after this waits for a pending upload of the user's who is asked for.
 * Where that cannot be found out, or there is no room to wait, it does not.
 */
export function awaitPending(services: Services): Middleware {
  return (ctx, next) => {
    const { id } = ctx.params
    if (!WORDS.has(queryOf(ctx).nocache) || !isUserId(id) || !services.listeners.hasRoom(SHARE))
      return next()
    const waited = withTimeout('a pending upload', PATIENCE, wait(ctx, id, services))
    return waited.catch(unlessDatabase).then(next)
  }
}

async function wait({ res }: Context, user: UserId, services: Services): Promise<void> {
  const until = Date.now() + PATIENCE
  const pending = await findPending(user, services)
  if (!pending) return
  const patience = { time: until - Date.now(), response: res, share: SHARE }
  await outcomeOf(pending.id, patience, services.listeners)
}

/** Nothing can be shown without the database: it is not asked twice. */
function unlessDatabase(error: unknown): void {
  if (error instanceof AppError && error.problem === 'databaseFailed') throw error
}
