import type { UserId } from '@visage/shared/avatar/user-id'
import { success } from '@visage/shared/envelope'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { deletePictureObjects } from '@visage/shared/storage/erase'
import type { Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import { logOf } from '../http/correlation.ts'
import type { Services } from '../services.ts'

/** Milliseconds that a request waits for the objects to go. */
const DELETE_TIMEOUT = 2000

/** Pictures whose objects a request removes itself: a user rarely has more within one grace period. */
const AT_ONCE = 16

/**
 * No picture any more. The row and the purges are the acceptance; that the objects go before the answer
 * is a courtesy, and the next purge makes up for it.
 */
export function deleteAvatar(services: Services): Middleware {
  return async (ctx) => {
    const { userId } = ctx.state.caller as Caller
    const revision = await services.clock.nextRevision(userId)
    const effect = await services.avatars.remove({ userId, revision })
    if (effect === 'applied') await services.announcementQueue?.enqueue(revision)
    await withTimeout('removing', DELETE_TIMEOUT, eraseRemoved(userId, services)).catch((err) => {
      logOf(ctx).warn({ err }, 'the objects of a removed picture are left to the purge')
    })
    ctx.body = success()
  }
}

async function eraseRemoved(userId: UserId, { purges, store }: Services): Promise<void> {
  const removed = await purges.dueNow(userId, AT_ONCE)
  await Promise.all(removed.map((one) => deletePictureObjects(one, store)))
  await purges.delete(removed)
}
