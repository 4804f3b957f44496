import type { Revision } from '@visage/shared/avatar/revision'
import type { Uploads } from '@visage/shared/db/uploads'
import { retry } from '@visage/shared/lifecycle/retry'

type Releasing = Pick<Uploads, 'release'>

interface Debt {
  readonly id: Revision
  readonly start: string
}

const POLICY = {
  attempts: Number.POSITIVE_INFINITY,
  base: 100,
  cap: 10_000,
  retryable: () => true,
}

const debts = new WeakMap<Releasing, Debt[]>()

/**
 * Takes a start back that did end, or was perhaps never noted. Postgres may be what failed: one start
 * after the other is tried until it is there again, so that an outage is not met with ever more calls.
 */
export function takeBack(id: Revision, start: string, uploads: Releasing): void {
  const owed = debts.get(uploads)
  if (owed) owed.push({ id, start })
  else void settle([{ id, start }], uploads)
}

async function settle(owed: Debt[], uploads: Releasing): Promise<void> {
  debts.set(uploads, owed)
  for (let debt = owed[0]; debt; owed.shift(), debt = owed[0]) {
    const { id, start } = debt
    await retry(() => uploads.release(id, start), POLICY)
  }
  debts.delete(uploads)
}
