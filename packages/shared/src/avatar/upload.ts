import type { SourceFormat } from './formats.ts'
import type { Framing } from './framing.ts'
import type { Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** One accepted PUT with a body. Stored with the raw object, so that its job can be made again from there. */
export interface Upload {
  readonly id: Revision
  readonly userId: UserId
  readonly bytes: number
  readonly format: SourceFormat
  readonly acceptedAt: Date
  readonly correlationId: string
  /** Absent: centred. */
  readonly framing?: Framing
}

export const pendingStates = ['queued', 'processing'] as const
export const outcomes = ['ready', 'rejected', 'superseded', 'failed'] as const

export type PendingState = (typeof pendingStates)[number]
export type Outcome = (typeof outcomes)[number]
export type UploadState = PendingState | Outcome

export function isOutcome(state: UploadState): state is Outcome {
  return (outcomes as readonly string[]).includes(state)
}
