import type { Revision } from '@visage/shared/avatar/revision'
import type { Uploads } from '@visage/shared/db/uploads'
import { retry } from '@visage/shared/lifecycle/retry'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'

type Settling = Pick<Uploads, 'release' | 'blame'>

/** `release`: the attempt ended and was no crash. `blame`: it was, and only this picture can have been the reason. */
export type End = keyof Settling

interface Debt {
  readonly settle: () => Promise<void>
  readonly settled: () => void
}

const POLICY = {
  attempts: Number.POSITIVE_INFINITY,
  base: 100,
  cap: 1_000,
  retryable: () => true,
}

/** How long an attempt waits for its end to be written, in milliseconds; it is written later otherwise. */
const PATIENCE = 5_000

const debts = new WeakMap<Settling, Debt[]>()

/**
 * Writes down how a start ended that left no outcome; perhaps it was never noted. The next attempt
 * comes after that, and finds it. Postgres may be what failed: one start after the other is tried
 * until it is there again, so that an outage is not met with ever more calls.
 */
export async function settleStart(
  id: Revision,
  start: string,
  end: End,
  uploads: Settling,
): Promise<void> {
  const settled = new Promise<void>((resolve) => {
    owe({ settle: () => uploads[end](id, start), settled: resolve }, uploads)
  })
  await withTimeout('writing down the end of a start', PATIENCE, settled).catch(() => undefined)
}

function owe(debt: Debt, uploads: Settling): void {
  const owed = debts.get(uploads)
  if (owed) owed.push(debt)
  else void work([debt], uploads)
}

async function work(owed: Debt[], uploads: Settling): Promise<void> {
  debts.set(uploads, owed)
  for (let debt = owed[0]; debt; owed.shift(), debt = owed[0]) {
    await retry(debt.settle, POLICY)
    debt.settled()
  }
  debts.delete(uploads)
}
