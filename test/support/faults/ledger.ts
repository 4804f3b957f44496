import type { Revision } from '@visage/shared/avatar/revision'

/** What becomes of an upload in the end, if no newer change of its user comes first. */
export type Expected = 'ready' | 'rejected'

export interface AcceptedUpload {
  readonly user: string
  readonly id: Revision
  readonly expected: Expected
}

export interface AcceptedReset {
  readonly user: string
  /** When its request was sent: its revision is not older. */
  readonly sent: number
}

/** What clients were told with `code: 0`, written down as they read it. */
export class Ledger {
  readonly uploads: AcceptedUpload[] = []
  readonly resets: AcceptedReset[] = []

  get users(): string[] {
    return [...new Set([...this.uploads, ...this.resets].map(({ user }) => user))]
  }
}
