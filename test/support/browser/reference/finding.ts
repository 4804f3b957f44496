import type { Difference } from './compare.ts'

/** What the comparison of one file found. */
export interface Finding {
  readonly name: string
  readonly sha256: string
  /** Verdict of the manifest: `accept`, or the kind of the rejection. */
  readonly expected: string
  readonly shown: 'complete' | 'part' | 'nothing'
  /** The code or reason with which the service refused the file. */
  readonly refused?: string
  /** Width and height in the service and in Chromium, if they differ. */
  readonly sizes?: string
  readonly difference?: Difference
}
