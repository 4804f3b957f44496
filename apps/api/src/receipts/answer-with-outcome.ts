import type { Revision } from '@visage/shared/avatar/revision'
import type { UploadRecord } from '@visage/shared/db/uploads'
import { problem, Rejection } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import type { Listeners } from './outcome-waiters.ts'
import { outcomeOf } from './wait-for-outcome.ts'

/**
 * Waits for the outcome of an accepted upload and says so (RFC 7240, section 3). Without an outcome in
 * time, the upload is what it was: accepted.
 * @throws Rejection with the worker's words; storeFailed where its bytes were lost, to be sent again
 */
export async function awaitVerdict(
  ctx: Context,
  id: Revision,
  seconds: number,
  listeners: Listeners,
): Promise<void> {
  const waited = await outcomeOf(id, { time: seconds * 1000, response: ctx.res }, listeners)
  if (!waited) return
  ctx.set('Preference-Applied', `wait=${seconds}`)
  if (waited.record) requireGood(waited.record)
}

function requireGood({ state, reason, msg }: UploadRecord): void {
  if (state === 'rejected' && reason) throw new Rejection(reason, msg)
  if (state === 'failed') throw problem('storeFailed')
}
