import type { Reason } from '../errors/reasons.ts'
import type { Outcome, Upload, UploadState } from './upload.ts'

/** The row of an upload, which exists since its first attempt. */
export interface UploadRecord extends Upload {
  readonly state: Exclude<UploadState, 'queued'>
  readonly reason: Reason | null
  readonly msg: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  /** When the user first removed the pictures that were accepted before that time. */
  readonly removedAt: Date | null
}

/** An outcome that does not change the user's avatar. */
export type Verdict =
  | { readonly state: 'superseded' | 'failed' }
  | { readonly state: 'rejected'; readonly reason: Reason; readonly msg: string }

/**
 * What an attempt finds when it begins. `outcome`: the upload has its outcome. `starts`: how many attempts began without
 * a recorded end, this one included. `crashes`: how many attempts ended the renderer that rendered only this picture.
 */
export type AttemptStart =
  | { readonly outcome: Outcome }
  | { readonly starts: number; readonly crashes: number }
