import type { Removal } from '../avatar/removal.ts'
import type { Knex } from './database.ts'

/**
 * SQL condition: the user removed this picture. The upload may have any outcome, recorded before or after the
 * removal.
 */
export const wasRemovedSql = (userId: string, revision: string) =>
  `exists (select ${removalsOf(userId, revision)})`

/** SQL expression: the time of the first removal that covers the picture; null if there is none. */
export const removedAtSql = (userId: string, revision: string) =>
  `(select min(removals.removed_at) ${removalsOf(userId, revision)})`

const removalsOf = (userId: string, revision: string) =>
  `from removals where removals.user_id = ${userId} and removals.revision > ${revision}`

/**
 * Records a removal and makes all purges of older pictures due at once: variants in their grace period, and raw bytes
 * of quarantined uploads.
 */
export async function recordRemoval(trx: Knex, removal: Removal): Promise<void> {
  await trx.raw(SCHEDULE_QUARANTINED, { ...removal })
  await trx.raw(EXPEDITE_PURGES, { ...removal })
  await trx.raw(INSERT_REMOVAL, { ...removal })
}

const SCHEDULE_QUARANTINED = `
insert into purges (revision, user_id)
select upload_id, user_id from uploads
where user_id = :userId and upload_id < :revision and reason = 'unprocessable'
  and not ${wasRemovedSql('uploads.user_id', 'uploads.upload_id')}
on conflict do nothing`

const EXPEDITE_PURGES = `
update purges set superseded_at = '-infinity' where user_id = :userId and revision < :revision`

const INSERT_REMOVAL = `
insert into removals (user_id, revision) values (:userId, :revision) on conflict do nothing`
