import type { UserId } from '@visage/shared/avatar/user-id'
import { success } from '@visage/shared/envelope'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { deletePictureObjects } from '@visage/shared/storage/erase'
import type { Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import { logOf } from '../http/correlation.ts'
import type { Services } from '../services.ts'

/** Milliseconds that a request waits until the objects are deleted. */
const DELETE_TIMEOUT = 2000

/** Maximum pictures whose objects one request deletes. A user rarely has more within one grace period. */
const MAX_PICTURES = 16

/**
 * Removes the caller's picture. The removal is accepted once the row and the purges are written. The request also tries
 * to delete the objects before it answers. If that fails, the next purge deletes them.
 */
export function deleteAvatar(services: Services): Middleware {
  return async (ctx) => {
    const { userId } = ctx.state.caller as Caller
    const revision = await services.clock.nextRevision(userId)
    const effect = await services.avatars.remove({ userId, revision })
    if (effect === 'applied') await services.announcementQueue?.enqueue(revision)
    await withTimeout(
      'Deleting the objects',
      DELETE_TIMEOUT,
      deleteRemoved(userId, services),
    ).catch((err) => {
      logOf(ctx).warn(
        { err },
        'Failed to delete objects of removed picture; leaving them to the purge',
      )
    })
    ctx.body = success()
  }
}

async function deleteRemoved(userId: UserId, { purges, store }: Services): Promise<void> {
  const removed = await purges.dueNow(userId, MAX_PICTURES)
  await Promise.all(removed.map((picture) => deletePictureObjects(picture, store)))
  await purges.delete(removed)
}
