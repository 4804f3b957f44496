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

/**
 * Resolves once every accepted upload has its outcome, and nothing is on record against it: no crash,
 * and no start but that of the attempt which wrote the outcome, as the others did end.
 */
export function nobodyIsBlamed({ world, ledger }: Trial): Promise<true> {
  return eventually('one start of each upload', PATIENCE, async () => {
    const ended = await world
      .db('uploads')
      .whereRaw('cardinality(starts) = 1 and cardinality(crashes) = 0')
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
