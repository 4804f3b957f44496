import type { UploadId } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import { problem, Rejection } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import type { OutcomeWaiters } from './outcome-waiters.ts'
import { waitForOutcome } from './wait-for-outcome.ts'

/**
 * Waits for the outcome of an accepted upload and says so (RFC 7240, section 3). Without an outcome in
 * time, the upload is what it was: accepted.
 * @throws Rejection with the worker's words; storeFailed where its bytes were lost, to be sent again
 */
export async function answerWithOutcome(
  ctx: Context,
  id: UploadId,
  seconds: number,
  listeners: OutcomeWaiters,
): Promise<void> {
  const waited = await waitForOutcome(id, { timeout: seconds * 1000, response: ctx.res }, listeners)
  if (!waited) return
  ctx.set('Preference-Applied', `wait=${seconds}`)
  if (waited.record) requireSuccess(waited.record)
}

function requireSuccess({ state, reason, msg }: UploadRecord): void {
  if (state === 'rejected' && reason) throw new Rejection(reason, msg)
  if (state === 'failed') throw problem('storeFailed')
}
