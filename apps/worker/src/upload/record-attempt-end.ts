import type { UploadId } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import { retry } from '@visage/shared/lifecycle/retry'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'

type AttemptRecords = Pick<Uploads, 'recordAttemptEnd' | 'recordCrash'>

/** `release`: the attempt ended and was no crash. `blame`: it was, and only this picture can have been the reason. */
export type AttemptEnd = keyof AttemptRecords

interface PendingRecord {
  readonly write: () => Promise<void>
  readonly onWritten: () => void
}

const POLICY = {
  attempts: Number.POSITIVE_INFINITY,
  base: 100,
  cap: 1_000,
  retryable: () => true,
}

/** How long an attempt waits for its end to be written, in milliseconds; it is written later otherwise. */
const TIMEOUT = 5_000

const pendingRecords = new WeakMap<AttemptRecords, PendingRecord[]>()

/**
 * Writes down how a start ended that left no outcome; perhaps it was never noted. The next attempt
 * comes after that, and finds it. Postgres may be what failed: one start after the other is tried
 * until it is there again, so that an outage is not met with ever more calls.
 */
export async function recordAttemptEnd(
  id: UploadId,
  start: string,
  end: AttemptEnd,
  uploads: AttemptRecords,
): Promise<void> {
  const settled = new Promise<void>((resolve) => {
    enqueue({ write: () => uploads[end](id, start), onWritten: resolve }, uploads)
  })
  await withTimeout('writing down the end of a start', TIMEOUT, settled).catch(() => undefined)
}

function enqueue(debt: PendingRecord, uploads: AttemptRecords): void {
  const owed = pendingRecords.get(uploads)
  if (owed) owed.push(debt)
  else void drain([debt], uploads)
}

async function drain(owed: PendingRecord[], uploads: AttemptRecords): Promise<void> {
  pendingRecords.set(uploads, owed)
  for (let debt = owed[0]; debt; owed.shift(), debt = owed[0]) {
    await retry(debt.write, POLICY)
    debt.onWritten()
  }
  pendingRecords.delete(uploads)
}
