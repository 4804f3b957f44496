import { isOutcome } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import type { Services } from '../services.ts'
import { findReceipt, type Receipt, receiptState } from './receipt.ts'

/** The newest upload that has no outcome yet. Which one was accepted last, only Redis knows; one that was begun, Postgres knows too. */
export async function findPending(
  userId: UserId,
  services: Pick<Services, 'clock' | 'uploads' | 'raw'>,
): Promise<Receipt | undefined> {
  const newest = await services.clock.newestRevision(userId)
  const receipt = newest && (await findReceipt(newest, services))
  const pending = receipt ?? (await services.uploads.findNewestProcessing(userId))
  return pending && !isOutcome(receiptState(pending)) ? pending : undefined
}
