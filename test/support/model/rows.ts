import type {
  Avatar,
  AvatarChange,
  ChangeEffect,
  CurrentPicture,
  Picture,
} from '@visage/shared/avatar/avatar'
import { userFolder } from '@visage/shared/avatar/keys'
import type { Variant } from '@visage/shared/avatar/recipe'
import type { Purge, Removal, StoredRevision } from '@visage/shared/avatar/removal'
import type { PictureRerender, RerenderCommit } from '@visage/shared/avatar/rerender'
import { firstRevisionOfMillisecond, type Revision } from '@visage/shared/avatar/revision'
import type { UploadId } from '@visage/shared/avatar/upload'
import { isOutcome, type Outcome, type Upload } from '@visage/shared/avatar/upload'
import type { AttemptStart, UploadRecord, Verdict } from '@visage/shared/avatar/upload-record'

export interface Row extends CurrentPicture {
  readonly source: Avatar['source']
}

export interface Receipt {
  readonly state: 'processing' | Outcome
  readonly reason: string | undefined
  readonly starts: readonly string[]
  readonly crashes: readonly string[]
  readonly finishedAt: number | undefined
}

/** Page size of the rows. It is small, so that other steps run between two pages. */
export const ROWS_PAGE = 2

/** In-memory database. Each method is one statement or transaction of the real adapters. */
export class Rows {
  readonly avatars = new Map<string, Row>()
  readonly receipts = new Map<Revision, Receipt>()
  readonly purges = new Map<Revision, Removal & { readonly supersededAt: number }>()
  /** Resets and removals so far. */
  readonly resets: Removal[] = []
  readonly removals: (Removal & { readonly removedAt: Date })[] = []

  /** User of each upload, as in its receipt. */
  readonly owners = new Map<Revision, string>()

  begin(upload: Upload, attempt: string): AttemptStart | 'overtaken' {
    this.owners.set(upload.id, upload.userId)
    const before = this.receipts.get(upload.id) ?? newReceipt()
    const starts = [...before.starts.filter((name) => name !== attempt), attempt]
    this.receipts.set(upload.id, { ...before, starts })
    if (isOutcome(before.state)) return { outcome: before.state }
    const current = this.avatars.get(upload.userId)
    return current && current.revision > upload.id
      ? 'overtaken'
      : { starts: starts.length, crashes: before.crashes.length }
  }

  record(id: Revision): UploadRecord | undefined {
    const receipt = this.receipts.get(id)
    return receipt && ({ ...receipt, removedAt: this.removedAt(id) } as unknown as UploadRecord)
  }

  recordAttemptEnd(id: Revision, attempt: string): void {
    const receipt = this.receipts.get(id)
    if (receipt)
      this.receipts.set(id, {
        ...receipt,
        starts: receipt.starts.filter((name) => name !== attempt),
      })
  }

  recordCrash(id: Revision, attempt: string): void {
    this.recordAttemptEnd(id, attempt)
    const receipt = this.receipts.get(id)
    if (!receipt) return
    this.receipts.set(id, { ...receipt, crashes: this.withCrash(receipt, attempt) })
  }

  withCrash({ crashes }: Receipt, attempt: string): readonly string[] {
    return [...crashes.filter((name) => name !== attempt), attempt]
  }

  ended(ids: readonly UploadId[]): Set<UploadId> {
    return new Set(ids.filter((id) => this.receipts.get(id)?.finishedAt !== undefined))
  }

  commit(upload: Upload, picture: Picture): Outcome {
    return this.#recordOutcome(upload, () => {
      const { userId, id } = upload
      const effect = this.change({ source: 'upload', userId, revision: id, picture })
      return { state: effect === 'applied' ? 'ready' : 'superseded' }
    })
  }

  recordVerdict(upload: Upload, verdict: Verdict): Outcome {
    return this.#recordOutcome(upload, () => {
      const removed = verdict.state === 'rejected' && this.isRemoved(upload.userId, upload.id)
      return removed ? { state: 'superseded' } : verdict
    })
  }

  change(change: AvatarChange): ChangeEffect {
    const { userId, revision, source } = change
    const before = this.avatars.get(userId)
    if (source !== 'upload') this.resets.push({ userId, revision })
    if (before && !this.isWon(before.revision, revision)) return 'superseded'
    const variants: readonly Variant[] = source === 'upload' ? change.picture.variants : []
    this.avatars.set(userId, { userId, folder: userFolder(userId), revision, source, variants })
    if (before?.source === 'upload' && before.revision !== revision) this.replaced(before)
    return 'applied'
  }

  remove({ userId, revision }: Removal): ChangeEffect {
    const effect = this.change({ source: 'none', userId, revision })
    for (const [id, { reason }] of this.receipts)
      if (reason === 'unprocessable' && this.owners.get(id) === userId && id < revision)
        if (!this.isRemoved(userId, id)) this.replaced({ revision: id, userId })
    for (const [id, purge] of this.purges)
      if (purge.userId === userId && id < revision)
        this.purges.set(id, { ...purge, supersededAt: Number.NEGATIVE_INFINITY })
    this.removals.push({ userId, revision, removedAt: new Date() })
    return effect
  }

  beginRerender(one: PictureRerender): 'due' | RerenderCommit {
    const row = this.avatars.get(one.userId)
    return row && this.isDue(row, one) ? 'due' : this.#outcomeOf(one)
  }

  rerender(one: PictureRerender, { variants }: Picture): RerenderCommit {
    const before = this.avatars.get(one.userId)
    if (!before || !this.isDue(before, one)) return this.#outcomeOf(one)
    this.avatars.set(one.userId, { ...before, revision: one.to, source: 'upload', variants })
    this.replaced(before)
    return 'ready'
  }

  /** Condition of the compare-and-set of a rerender. */
  isDue({ revision, source }: Row, { from }: PictureRerender): boolean {
    return revision === from && source === 'upload'
  }

  isRemoved(userId: string, id: Revision): boolean {
    return this.removals.some((one) => one.userId === userId && one.revision > id)
  }

  removedAt(id: Revision): Date | null {
    const userId = this.owners.get(id)
    const mine = this.removals.filter((one) => one.userId === userId && one.revision > id)
    return mine[0]?.removedAt ?? null
  }

  /** Condition of the compare-and-set of a change. */
  isWon(current: Revision, revision: Revision): boolean {
    return current <= revision
  }

  /** Models the trigger that queues a replaced picture for the purge. */
  replaced({ revision, userId }: Removal): void {
    if (this.purges.has(revision)) return
    const atOnce = this.isRemoved(userId, revision)
    const supersededAt = atOnce ? Number.NEGATIVE_INFINITY : Date.now()
    this.purges.set(revision, { revision, userId, supersededAt })
  }

  find(userId: string): Avatar | undefined {
    const row = this.avatars.get(userId)
    return row && ({ ...row, updatedAt: new Date() } as unknown as Avatar)
  }

  page(after: string): CurrentPicture[] {
    const pictures = [...this.avatars.values()].filter((row) => row.source === 'upload')
    const sorted = pictures.sort((a, b) => (a.folder < b.folder ? -1 : 1))
    return sorted.filter((row) => row.folder > after).slice(0, ROWS_PAGE)
  }

  due(grace: number, limit: number): Purge[] {
    const old = [...this.purges.values()].filter((p) => p.supersededAt <= Date.now() - grace)
    return this.#purgesOf(old).slice(0, limit)
  }

  removedBy(userId: string, limit: number): Purge[] {
    const mine = [...this.purges.values()].filter((p) => p.userId === userId)
    const atOnce = mine.filter((p) => p.supersededAt === Number.NEGATIVE_INFINITY)
    return this.#purgesOf(atOnce).slice(0, limit)
  }

  done(purged: readonly Purge[]): void {
    for (const { revision, userId, removed } of purged)
      if (removed || !this.isRemoved(userId, revision)) this.purges.delete(revision)
  }

  findReferenced(stored: readonly StoredRevision[], grace: number): Set<Revision> {
    const referenced = stored.filter(({ folder, revision: id }) => {
      const { finishedAt = Number.POSITIVE_INFINITY } = this.receipts.get(id) ?? { finishedAt: 0 }
      const isNew = finishedAt > Date.now() - grace
      return isNew || this.purges.has(id) || this.mayComeToBeShown(folder, id)
    })
    return new Set(referenced.map(({ revision }) => revision))
  }

  /** Whether the revision is shown, or a worker may be rerendering the shown picture as this revision. */
  mayComeToBeShown(folder: string, id: Revision): boolean {
    const mine = [...this.avatars.values()].filter((row) => row.folder === folder)
    return mine.some(({ revision }) => revision >= firstRevisionOfMillisecond(id) && revision <= id)
  }

  isShown(revision: Revision): boolean {
    return [...this.avatars.values()].some((row) => row.revision === revision)
  }

  /** Whether the receipt has an outcome, which never changes. */
  isFinal(receipt: Receipt): boolean {
    return isOutcome(receipt.state)
  }

  #outcomeOf({ userId, to }: PictureRerender): RerenderCommit {
    if (this.avatars.get(userId)?.revision === to) return 'ready'
    this.replaced({ revision: to, userId })
    return 'superseded'
  }

  #purgesOf(all: readonly Removal[]): Purge[] {
    return all
      .filter(({ revision }) => !this.isShown(revision))
      .map(({ revision, userId }) => {
        return { revision, userId, removed: this.isRemoved(userId, revision) }
      })
  }

  #recordOutcome(upload: Upload, decide: () => RecordedOutcome): Outcome {
    this.owners.set(upload.id, upload.userId)
    const before = this.receipts.get(upload.id) ?? newReceipt()
    const receipt = this.isFinal(before) ? before : { ...before, ...toReceipt(decide()) }
    this.receipts.set(upload.id, receipt)
    if (!this.isShown(upload.id)) this.replaced({ revision: upload.id, userId: upload.userId })
    return receipt.state as Outcome
  }
}

type RecordedOutcome = Verdict | { readonly state: 'ready' }

function newReceipt(): Receipt {
  return { state: 'processing', reason: undefined, starts: [], crashes: [], finishedAt: undefined }
}

function toReceipt(outcome: RecordedOutcome) {
  const reason = 'reason' in outcome ? outcome.reason : undefined
  return { state: outcome.state, reason, finishedAt: Date.now() }
}
