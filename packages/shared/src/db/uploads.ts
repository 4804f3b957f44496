import type { Picture } from '../avatar/avatar.ts'
import type { SourceFormat } from '../avatar/formats.ts'
import type { Outcome, Upload, UploadId, UploadState } from '../avatar/upload.ts'
import { isOutcome } from '../avatar/upload.ts'
import type { AttemptStart, UploadRecord, Verdict } from '../avatar/upload-record.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { Reason } from '../errors/reasons.ts'
import { applyChange } from './avatars.ts'
import { type Knex, translateErrors } from './database.ts'
import { schedulePurge } from './purges.ts'
import { removedAtSql, wasRemovedSql } from './removals.ts'

/** The `uploads` table: receipts. An outcome is written once and never changes. */
export class Uploads {
  readonly #db: Knex
  readonly #announces: boolean

  /** @param announces records each change for the webhook */
  constructor(db: Knex, announces = false) {
    this.#db = db
    this.#announces = announces
  }

  find(id: UploadId): Promise<UploadRecord | undefined> {
    return this.#first({ upload_id: id })
  }

  /** Returns the receipts of those uploads that a worker has started. */
  findAll(ids: readonly UploadId[]): Promise<UploadRecord[]> {
    return translateErrors(async () => {
      const rows = await this.#db<UploadRow>('uploads').whereIn('upload_id', [...ids])
      return rows.map(fromRow)
    })
  }

  findLastRejected(userId: UserId): Promise<UploadRecord | undefined> {
    return this.#first({ user_id: userId, state: 'rejected' })
  }

  /** Returns the user's newest upload that is processing. */
  findNewestProcessing(userId: UserId): Promise<UploadRecord | undefined> {
    return this.#first({ user_id: userId, state: 'processing' })
  }

  /**
   * Records the start of an attempt. The attempt's id makes the start countable once and removable once. The statement
   * runs in a transaction because a frozen server executes it after thawing, even if the client has given up. The
   * server then executes only a `begin`, which has no effect.
   */
  beginAttempt(upload: Upload, attempt: string): Promise<AttemptStart> {
    return translateErrors(async () => {
      const bindings = { ...toBindings(upload), attempt }
      const { state, starts, crashes, overtaken } = await this.#db.transaction(async (trx) => {
        const { rows } = await trx.raw(BEGIN, bindings)
        return rows[0] as BeginRow
      })
      if (isOutcome(state)) return { outcome: state }
      if (overtaken) return { outcome: await this.recordVerdict(upload, { state: 'superseded' }) }
      return { starts, crashes }
    })
  }

  /** Records that this attempt crashed a process that rendered only this picture, so the picture caused the crash. */
  async recordCrash(id: UploadId, attempt: string): Promise<void> {
    await translateErrors(() => this.#db.raw(RECORD_CRASH, { id, attempt }))
  }

  /** Removes the start of an attempt that ended without a crash. */
  async recordAttemptEnd(id: UploadId, attempt: string): Promise<void> {
    await translateErrors(() => this.#db.raw(REMOVE_START, { id, attempt }))
  }

  /** Returns those uploads that have an outcome. */
  findWithOutcome(ids: readonly UploadId[]): Promise<Set<UploadId>> {
    return translateErrors(async () => {
      const rows = await this.#db<UploadRow>('uploads')
        .whereIn('upload_id', [...ids])
        .whereNotNull('finished_at')
        .select('upload_id')
      return new Set(rows.map((row) => row.upload_id))
    })
  }

  /** Makes `picture` current unless a newer change is applied, and records the outcome: `ready` or `superseded`. */
  commitPicture(upload: Upload, picture: Picture): Promise<Outcome> {
    return this.#recordOutcome(upload, async (trx) => {
      const change = {
        source: 'upload',
        userId: upload.userId,
        revision: upload.id,
        picture,
      } as const
      const effect = await applyChange(trx, change, this.#announces)
      return { state: effect === 'applied' ? 'ready' : 'superseded' }
    })
  }

  /** Records the verdict. If the user removed the upload, records `superseded` even for a rejected picture. */
  recordVerdict(upload: Upload, verdict: Verdict): Promise<Outcome> {
    return this.#recordOutcome(upload, async (trx) => {
      if (verdict.state !== 'rejected') return verdict
      const { rows } = await trx.raw(REMOVED, { id: upload.id, userId: upload.userId })
      return rows[0].removed ? { state: 'superseded' } : verdict
    })
  }

  /** Locks the receipt's row first. If two attempts finish at once, the second returns the first one's outcome. */
  #recordOutcome(upload: Upload, decide: (trx: Knex) => Promise<NewOutcome>): Promise<Outcome> {
    return translateErrors(() =>
      this.#db.transaction(async (trx) => {
        const { rowCount } = await trx.raw(LOCK_OPEN, { ...toBindings(upload), attempt: null })
        const outcome =
          rowCount === 1 ? await writeOutcome(trx, upload, await decide(trx)) : undefined
        if (outcome === 'ready') return outcome
        await schedulePurge(trx, { revision: upload.id, userId: upload.userId })
        return outcome ?? readOutcome(trx, upload)
      }),
    )
  }

  #first(where: Partial<UploadRow>): Promise<UploadRecord | undefined> {
    return translateErrors(async () => {
      const query = this.#db<UploadRow>('uploads').where(where).orderBy('upload_id', 'desc')
      const row: UploadRow | undefined = await query.first('*', this.#db.raw(REMOVED_AT))
      return row && fromRow(row)
    })
  }
}

type NewOutcome = Verdict | { readonly state: 'ready' }

async function writeOutcome(trx: Knex, { id }: Upload, outcome: NewOutcome): Promise<Outcome> {
  const finished = { ...outcome, finished_at: trx.fn.now() as unknown as Date }
  await trx<UploadRow>('uploads').where('upload_id', id).update(finished)
  return outcome.state
}

async function readOutcome(trx: Knex, { id }: Upload): Promise<Outcome> {
  const row = await trx<UploadRow>('uploads').where('upload_id', id).first('state')
  return row?.state as Outcome
}

interface BeginRow {
  readonly state: UploadState
  readonly starts: number
  readonly crashes: number
  readonly overtaken: boolean
}

const INSERT = `
insert into uploads (upload_id, user_id, state, starts, bytes, format, correlation_id, accepted_at)
values (:id, :userId, 'processing', array_remove(array[cast(:attempt as uuid)], null), :bytes, :format, :correlationId, :acceptedAt)`

const BEGIN = `${INSERT}
on conflict (upload_id) do update set
  starts = array_remove(uploads.starts, :attempt) || cast(:attempt as uuid)
returning state, cardinality(starts) as starts, cardinality(crashes) as crashes, exists (
  select from avatars where user_id = :userId and revision > :id
) as overtaken`

/** Locks the row in any state, but returns no row if the upload has an outcome. */
const LOCK_OPEN = `${INSERT}
on conflict (upload_id) do update set upload_id = excluded.upload_id
where uploads.finished_at is null`

const RECORD_CRASH = `
update uploads set
  starts = array_remove(starts, :attempt),
  crashes = array_remove(crashes, :attempt) || cast(:attempt as uuid)
where upload_id = :id`

const REMOVED = `select ${wasRemovedSql(':userId', ':id')} as removed`

const REMOVED_AT = `${removedAtSql('uploads.user_id', 'uploads.upload_id')} as removed_at`

const REMOVE_START = `update uploads set starts = array_remove(starts, :attempt) where upload_id = :id`

function toBindings(upload: Upload) {
  const { id, userId, bytes, format, correlationId, acceptedAt } = upload
  return { id, userId, bytes, format, correlationId, acceptedAt }
}

interface UploadRow {
  upload_id: UploadId
  user_id: UserId
  state: Exclude<UploadState, 'queued'>
  reason: Reason | null
  msg: string
  bytes: number
  format: SourceFormat
  correlation_id: string
  accepted_at: Date
  started_at: Date
  finished_at: Date | null
  removed_at: Date | null
}

function fromRow(row: UploadRow): UploadRecord {
  return {
    id: row.upload_id,
    userId: row.user_id,
    state: row.state,
    reason: row.reason,
    msg: row.msg,
    bytes: row.bytes,
    format: row.format,
    correlationId: row.correlation_id,
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    removedAt: row.removed_at,
  }
}
