import { variantKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import { isOutcome } from '@visage/shared/avatar/upload'
import type { Bucket } from './bucket.ts'
import type { Row, Rows } from './rows.ts'

/** Checks the invariants after every step. */
export class Watch {
  readonly broken: string[] = []
  readonly #shown = new Map<string, Revision>()
  readonly #outcomes = new Map<Revision, string>()

  look({ rows, bucket }: { readonly rows: Rows; readonly bucket: Bucket }): void {
    for (const row of rows.avatars.values()) {
      this.#expectForward(row)
      this.#expectWhole(row, bucket)
    }
    for (const [id, { state }] of rows.receipts) {
      const before = this.#outcomes.get(id)
      if (before && before !== state) this.broken.push(`${id} was ${before} and became ${state}`)
      if (isOutcome(state)) this.#outcomes.set(id, state)
    }
  }

  #expectForward({ userId, revision }: Row): void {
    const before = this.#shown.get(userId)
    if (before && before > revision) this.broken.push(`${userId} went back to ${revision}`)
    this.#shown.set(userId, revision)
  }

  #expectWhole({ userId, revision, variants }: Row, { objects }: Bucket): void {
    const missing = variants.filter((one) => !objects.has(variantKey(userId, revision, one)))
    for (const { format } of missing) this.broken.push(`${userId}'s ${format} is missing`)
  }
}
