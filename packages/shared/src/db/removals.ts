import type { Removal } from '../avatar/removal.ts'
import type { Knex } from './database.ts'

/** SQL that holds where a picture was removed: an upload is so whatever became of it, and whenever it ended. */
export const wasRemovedSql = (userId: string, revision: string) =>
  `exists (select ${removalsOf(userId, revision)})`

/** SQL for when, null where it never was. */
export const removedAtSql = (userId: string, revision: string) =>
  `(select min(removals.removed_at) ${removalsOf(userId, revision)})`

const removalsOf = (userId: string, revision: string) =>
  `from removals where removals.user_id = ${userId} and removals.revision > ${revision}`

/**
 * Writes a removal down, and puts what is left of the older pictures down for purging at once: variants that
 * wait for the end of their grace period, and the bytes of uploads that were given up.
 */
export async function recordRemoval(trx: Knex, removal: Removal): Promise<void> {
  await trx.raw(QUARANTINED, { ...removal })
  await trx.raw(HURRY, { ...removal })
  await trx.raw(REMEMBER, { ...removal })
}

const QUARANTINED = `
insert into purges (revision, user_id)
select upload_id, user_id from uploads
where user_id = :userId and upload_id < :revision and reason = 'unprocessable'
  and not ${wasRemovedSql('uploads.user_id', 'uploads.upload_id')}
on conflict do nothing`

const HURRY = `
update purges set superseded_at = '-infinity' where user_id = :userId and revision < :revision`

const REMEMBER = `
insert into removals (user_id, revision) values (:userId, :revision) on conflict do nothing`
