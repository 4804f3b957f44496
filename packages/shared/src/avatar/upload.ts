import type { Brand } from './brand.ts'
import type { SourceFormat } from './formats.ts'
import type { Framing } from './framing.ts'
import { isRevision, type Revision } from './revision.ts'
import type { UserId } from './user-id.ts'

/** The revision of an upload: it names the upload, its job, its raw object and its receipt. */
export type UploadId = Revision & Brand<'UploadId'>

/** The upload of this revision. A revision that no upload has names an upload that does not exist. */
export const uploadIdOf = (revision: Revision) => revision as UploadId

export function isUploadId(value: unknown): value is UploadId {
  return isRevision(value)
}

/** One accepted PUT with a body. Stored with the raw object, so that its job can be made again from there. */
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
