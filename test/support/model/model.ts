import type { Outcome } from '@visage/shared/avatar/upload'
import type { Accepted } from './accepted.ts'

export interface Change extends Accepted {
  /** Whether the change is valid. */
  readonly valid: boolean
}

/** Each user must show the newest valid change. */
export function winnersOf(changes: readonly Change[]): Map<string, Change> {
  const winners = new Map<string, Change>()
  for (const change of changes.filter(({ valid }) => valid)) {
    const best = winners.get(change.userId)
    if (!best || change.revision > best.revision) winners.set(change.userId, change)
  }
  return winners
}

/** Returns the expected outcome of an upload: that of its picture, or `superseded` after a newer change. */
export function outcomesOf({ revision, valid }: Change, winner: Change | undefined): Outcome[] {
  const overtaken = winner !== undefined && winner.revision > revision
  return [valid ? 'ready' : 'rejected', ...(overtaken ? (['superseded'] as const) : [])]
}
