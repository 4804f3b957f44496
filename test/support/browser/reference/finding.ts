import type { Difference } from './compare.ts'

/** What the comparison of one file found. */
export interface Finding {
  readonly name: string
  readonly sha256: string
  /** Verdict of the manifest: `accept`, or the kind of the rejection. */
  readonly expected: string
  /** Whether Chromium shows the complete picture. */
  readonly shown: boolean
  /** The code or reason with which the service refused the file. */
  readonly refused?: string
  /** Width and height in the service and in Chromium, if they differ. */
  readonly sizes?: string
  readonly difference?: Difference
}
