import type { Brand } from './brand.ts'
import type { SourceFormat } from './formats.ts'
import type { Framing } from './framing.ts'
import { isRevision, type Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** The revision of an upload. It identifies the upload, its job, its raw object and its receipt. */
export type UploadId = Revision & Brand<'UploadId'>

/** Converts a revision to the id of its upload. The upload exists only if the revision came from one. */
export const uploadIdOf = (revision: Revision) => revision as UploadId

export function isUploadId(value: unknown): value is UploadId {
  return isRevision(value)
}

/** One accepted PUT with a body. It is stored with the raw object, so that the sweep can recreate its job. */
export interface Upload {
  readonly id: UploadId
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
