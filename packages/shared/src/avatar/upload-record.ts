import type { Reason } from '../errors/reasons.ts'
import type { Outcome, Upload, UploadState } from './upload.ts'

/** The row of an upload. Its first attempt creates it. */
export interface UploadRecord extends Upload {
  readonly state: Exclude<UploadState, 'queued'>
  readonly reason: Reason | null
  readonly msg: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  /** Time of the user's first removal that covers this upload. */
  readonly removedAt: Date | null
}

/** An outcome that does not change the user's avatar. */
export type Verdict =
  | { readonly state: 'superseded' | 'failed' }
  | { readonly state: 'rejected'; readonly reason: Reason; readonly msg: string }

/**
 * State of an upload at the start of an attempt. `outcome`: present if the upload already has one. `starts`: number of
 * attempts that began without a recorded end, this one included. `crashes`: number of attempts that crashed a renderer.
 * A renderer renders one picture at a time, so this upload caused those crashes.
 */
export type AttemptStart =
  | { readonly outcome: Outcome }
  | { readonly starts: number; readonly crashes: number }
