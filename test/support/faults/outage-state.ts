import { eventually } from '../domain/eventually.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import type { Trial } from './trial.ts'

const TIMEOUT = 90_000

/** Uploads the picture. Resolves with its row once it is shown and every upload is acknowledged. */
export async function uploadUntilShown(trial: Trial, user: string, picture: Buffer) {
  const upload = await trial.upload(user, picture)
  const row = await eventually('the picture', TIMEOUT, async () => {
    const found = await pictureRow(trial.world, user)
    return found?.revision === upload ? found : undefined
  })
  await waitForAcknowledgements(trial)
  return row
}

/** Maximum starts of an upload here, far below the ten after which it is rejected as `unprocessable`. */
const FEW_STARTS = 3

/**
 * Resolves once every accepted upload has its outcome, no crash and few starts. The attempt that recorded the outcome
 * leaves one start. A job that ran twice at once, because a busy machine lost its lock, may leave one more (7a in
 * docs/guarantees.md).
 */
export function waitForOutcomesWithoutCrash({ world, ledger }: Trial): Promise<true> {
  return eventually('an outcome, few starts and no crash of each upload', TIMEOUT, async () => {
    const ended = await world
      .db('uploads')
      .whereRaw('cardinality(starts) between 1 and ? and cardinality(crashes) = 0', [FEW_STARTS])
      .whereNotNull('finished_at')
    const ids = new Set(ended.map((row) => row.upload_id))
    return ledger.uploads.every(({ id }) => ids.has(id)) && true
  })
}

/** Resolves once every upload is acknowledged: no raw object is left. */
export function waitForAcknowledgements({ world }: Trial): Promise<true> {
  return eventually('the acknowledgement of every upload', TIMEOUT, async () => {
    const waiting = await keysIn(world, 'raw/')
    return waiting.length === 0 && true
  })
}
