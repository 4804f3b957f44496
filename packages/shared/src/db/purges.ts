import type { Purge, StoredRevision } from '../avatar/removal.ts'
import { firstRevisionOfMillisecond, type Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { type Knex, translateErrors } from './database.ts'
import { wasRemovedSql } from './removals.ts'

/**
 * Schedules a purge of an upload's variants unless the upload is a current picture. An attempt can publish variants
 * before a newer change supersedes it, or after another attempt recorded the outcome. The purge is due at once if the
 * user has removed the upload.
 */
export async function schedulePurge(
  db: Knex,
  { revision, userId }: Pick<Purge, 'revision' | 'userId'>,
): Promise<void> {
  await db.raw(SCHEDULE, { revision, userId })
}

const SCHEDULE = `
insert into purges (revision, user_id, superseded_at)
select :revision, :userId, case when ${wasRemovedSql(':userId', ':revision')} then '-infinity' else now() end
where not exists (select from avatars where revision = :revision)
on conflict do nothing`

/** Scheduled purges of replaced and removed pictures. Postgres stores them, so losing Redis leaves no orphans. */
export class Purges {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @param grace minimum milliseconds since the picture was replaced  @returns at most `limit`, oldest first */
  due(grace: number, limit: number): Promise<Purge[]> {
    return translateErrors(async () => {
      const { rows } = await this.#db.raw(DUE, { grace, limit })
      return rows
    })
  }

  /** Returns at most `limit` of the user's purges that have no grace period. */
  dueNow(userId: UserId, limit: number): Promise<Purge[]> {
    return translateErrors(async () => {
      const { rows } = await this.#db.raw(DUE_NOW, { userId, limit })
      return rows
    })
  }

  /**
   * Deletes completed purges. Retains a purge that was read as a replacement if the user has removed the picture since:
   * its raw bytes still exist.
   */
  async delete(purged: readonly Purge[]): Promise<void> {
    const revisions = purged.map(({ revision }) => revision)
    const removed = purged.flatMap((purge) => (purge.removed ? purge.revision : []))
    await translateErrors(() => this.#db.raw(DELETE, { revisions, removed }))
  }
}

const REMOVED = wasRemovedSql('purges.user_id', 'purges.revision')

/** A user's current picture is never due, even if `purges` has a row for it. */
const NOT_SHOWN = `
not exists (select from avatars where avatars.user_id = purges.user_id and avatars.revision = purges.revision)`

const DUE = `
select revision, user_id as "userId", ${REMOVED} as removed from purges
where superseded_at <= now() - :grace * interval '1 millisecond' and ${NOT_SHOWN}
order by superseded_at limit :limit`

const DUE_NOW = `
select revision, user_id as "userId", ${REMOVED} as removed from purges
where user_id = :userId and superseded_at = '-infinity' and ${NOT_SHOWN}
order by revision desc limit :limit`

const DELETE = `
delete from purges
where revision = any(cast(:revisions as uuid[]))
  and (revision = any(cast(:removed as uuid[])) or not ${REMOVED})`

/**
 * Returns the revisions that the database references. A revision is referenced in each of these cases:
 * - It is a user's current picture, or a worker may be rendering the current picture again under this revision.
 * - A purge of it is scheduled.
 * - Its upload has no outcome, or has had its outcome for less than `grace` milliseconds.
 */
export function findReferenced(
  db: Knex,
  stored: readonly StoredRevision[],
  grace: number,
): Promise<Set<Revision>> {
  return translateErrors(async () => {
    const revisions = stored.map(({ revision }) => revision)
    const folders = stored.map(({ folder }) => folder)
    const moments = revisions.map(firstRevisionOfMillisecond)
    const { rows } = await db.raw(FIND_REFERENCED, { revisions, folders, moments, grace })
    return new Set(rows.map((row: { revision: Revision }) => row.revision))
  })
}

const FIND_REFERENCED = `
select revision
from unnest(cast(:revisions as uuid[]), cast(:folders as text[]), cast(:moments as uuid[]))
  as asked (revision, folder, moment)
where exists (
     select from avatars
     where avatars.folder = asked.folder and avatars.revision between asked.moment and asked.revision
   )
   or exists (select from purges where purges.revision = asked.revision)
   or exists (
     select from uploads where upload_id = asked.revision
       and (finished_at is null or finished_at > now() - :grace * interval '1 millisecond')
   )`
