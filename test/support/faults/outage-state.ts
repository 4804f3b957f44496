import { eventually } from '../domain/eventually.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import type { Trial } from './trial.ts'

const PATIENCE = 90_000

/** @returns the row of the user's new picture, once it is shown and nothing waits any more */
export async function show(trial: Trial, user: string, picture: Buffer) {
  const upload = await trial.upload(user, picture)
  const row = await eventually('the picture', PATIENCE, async () => {
    const found = await pictureRow(trial.world, user)
    return found?.revision === upload ? found : undefined
  })
  await nothingWaits(trial)
  return row
}

/** Far below the ten starts after which an upload is given up. */
const FEW_STARTS = 3

/**
 * Resolves once every accepted upload has its outcome, no crash and few starts. The attempt that recorded the outcome
 * leaves one start. A job that ran twice at once, because a busy machine lost its lock, may leave one more (7a in
 * docs/guarantees.md).
 */
export function nobodyIsBlamed({ world, ledger }: Trial): Promise<true> {
  return eventually('few starts and no crash of each upload', PATIENCE, async () => {
    const ended = await world
      .db('uploads')
      .whereRaw('cardinality(starts) between 1 and ? and cardinality(crashes) = 0', [FEW_STARTS])
      .whereNotNull('finished_at')
    const ids = new Set(ended.map((row) => row.upload_id))
    return ledger.uploads.every(({ id }) => ids.has(id)) && true
  })
}

/** Resolves once every upload is acknowledged. */
export function nothingWaits({ world }: Trial): Promise<true> {
  return eventually('an empty waiting room', PATIENCE, async () => {
    const waiting = await keysIn(world, 'raw/')
    return waiting.length === 0 && true
  })
}
