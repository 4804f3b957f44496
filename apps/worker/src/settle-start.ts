import type { Revision } from '@visage/shared/avatar/revision'
import type { Uploads } from '@visage/shared/db/uploads'
import { retry } from '@visage/shared/lifecycle/retry'

type Releasing = Pick<Uploads, 'release' | 'blame'>

/** `release`: the attempt ended and was no crash. `blame`: it was, and only this picture can have been the reason. */
export type End = keyof Releasing

interface Debt {
  readonly id: Revision
  readonly start: string
  readonly end: End
}

const POLICY = {
  attempts: Number.POSITIVE_INFINITY,
  base: 100,
  cap: 1_000,
  retryable: () => true,
}

const debts = new WeakMap<Releasing, Debt[]>()

/**
 * Writes down how a start ended that left no outcome; perhaps it was never noted. Postgres may be what failed: one start
 * after the other is tried until it is there again, so that an outage is not met with ever more calls.
 */
export function settleStart(id: Revision, start: string, end: End, uploads: Releasing): void {
  const owed = debts.get(uploads)
  if (owed) owed.push({ id, start, end })
  else void settle([{ id, start, end }], uploads)
}

async function settle(owed: Debt[], uploads: Releasing): Promise<void> {
  debts.set(uploads, owed)
  for (let debt = owed[0]; debt; owed.shift(), debt = owed[0]) {
    const { id, start, end } = debt
    await retry(() => uploads[end](id, start), POLICY)
  }
  debts.delete(uploads)
}
