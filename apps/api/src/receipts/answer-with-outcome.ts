import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import { problem, Rejection } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import type { OutcomeWaiters } from './outcome-waiters.ts'
import { waitForOutcome } from './wait-for-outcome.ts'

/**
 * Waits for the outcome of an accepted upload and confirms the wait in `Preference-Applied` (RFC 7240, section 3).
 * Returns normally if no outcome arrives in time: the upload stays accepted.
 * @throws Rejection with the worker's reason and message; storeFailed if the bytes were lost and must be sent again
 */
export async function answerWithOutcome(
  ctx: Context,
  id: UploadId,
  seconds: number,
  waiters: OutcomeWaiters,
): Promise<void> {
  const result = await waitForOutcome(id, { timeout: seconds * 1000, response: ctx.res }, waiters)
  if (!result) return
  ctx.set('Preference-Applied', `wait=${seconds}`)
  if (result.record) requireSuccess(result.record)
}

function requireSuccess({ state, reason, msg }: UploadRecord): void {
  if (state === 'rejected' && reason) throw new Rejection(reason, msg)
  if (state === 'failed') throw problem('storeFailed')
}
