import type { Outcome } from '@visage/shared/avatar/upload'
import type { Accepted } from './accepted.ts'

export interface Change extends Accepted {
  /** Whether there is nothing against it. */
  readonly valid: boolean
}

/** Each user shows the newest change that is valid. */
export function winnersOf(changes: readonly Change[]): Map<string, Change> {
  const winners = new Map<string, Change>()
  for (const change of changes.filter(({ valid }) => valid)) {
    const best = winners.get(change.userId)
    if (!best || change.revision > best.revision) winners.set(change.userId, change)
  }
  return winners
}

/** An upload's one outcome is what its picture deserves, unless a newer change made it needless. */
export function outcomesOf({ revision, valid }: Change, winner: Change | undefined): Outcome[] {
  const overtaken = winner !== undefined && winner.revision > revision
  return [valid ? 'ready' : 'rejected', ...(overtaken ? (['superseded'] as const) : [])]
}
