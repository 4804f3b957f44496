import type { UploadId } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import { retry } from '@visage/shared/lifecycle/retry'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'

type AttemptRecords = Pick<Uploads, 'recordAttemptEnd' | 'recordCrash'>

/**
 * How an attempt ended. `recordCrash`: a render process crashed while it rendered only this picture.
 * `recordAttemptEnd`: any other error.
 */
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

/** Maximum time, in milliseconds, that an attempt waits for its record. After that, the record is written later. */
const TIMEOUT = 5_000

const pendingRecords = new WeakMap<AttemptRecords, PendingRecord[]>()

/**
 * Records how an attempt without an outcome ended, also if its start was never stored. Waits for the record, so that
 * the next attempt finds it. Postgres may be the reason for the failure. Therefore pending records are written one
 * after another, and each is retried until Postgres is available: an outage does not multiply the queries.
 */
export async function recordAttemptEnd(
  id: UploadId,
  start: string,
  end: AttemptEnd,
  uploads: AttemptRecords,
): Promise<void> {
  const written = new Promise<void>((resolve) => {
    enqueue({ write: () => uploads[end](id, start), onWritten: resolve }, uploads)
  })
  await withTimeout('recording the end of an attempt', TIMEOUT, written).catch(() => undefined)
}

function enqueue(record: PendingRecord, uploads: AttemptRecords): void {
  const pending = pendingRecords.get(uploads)
  if (pending) pending.push(record)
  else void drain([record], uploads)
}

async function drain(pending: PendingRecord[], uploads: AttemptRecords): Promise<void> {
  pendingRecords.set(uploads, pending)
  for (let record = pending[0]; record; pending.shift(), record = pending[0]) {
    await retry(record.write, POLICY)
    record.onWritten()
  }
  pendingRecords.delete(uploads)
}
