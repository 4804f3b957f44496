import { isOutcome } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import type { Services } from '../services.ts'
import { findReceipt, type Receipt, receiptState } from './receipt.ts'

/**
 * Finds the newest upload of a user if it has no outcome yet. Only Redis holds the revision that was accepted last.
 * Without a receipt of that revision, Postgres supplies the newest upload that a worker has started.
 */
export async function findPending(
  userId: UserId,
  services: Pick<Services, 'clock' | 'uploads' | 'raw'>,
): Promise<Receipt | undefined> {
  const newest = await services.clock.newestRevision(userId)
  const receipt = newest && (await findReceipt(newest, services))
  const pending = receipt ?? (await services.uploads.findNewestProcessing(userId))
  return pending && !isOutcome(receiptState(pending)) ? pending : undefined
}
