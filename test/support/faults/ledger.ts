import type { Revision } from '@visage/shared/avatar/revision'

/** Expected outcome of an upload, unless a newer change of its user supersedes it. */
export type Expected = 'ready' | 'rejected'

export interface AcceptedUpload {
  readonly user: string
  readonly id: Revision
  readonly expected: Expected
}

export interface AcceptedReset {
  readonly user: string
  /** Time when the request was sent, as `Date.now()`. The revision of the reset is not older. */
  readonly sent: number
}

/** Changes that the API accepted with `code: 0`, recorded when the client reads the answer. */
export class Ledger {
  readonly uploads: AcceptedUpload[] = []
  readonly resets: AcceptedReset[] = []

  get users(): string[] {
    return [...new Set([...this.uploads, ...this.resets].map(({ user }) => user))]
  }
}
