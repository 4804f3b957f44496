import type { Purge, StoredRevision } from '../avatar/removal.ts'
import { firstRevisionOfMillisecond, type Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { type Knex, translateErrors } from './database.ts'
import { wasRemovedSql } from './removals.ts'

/**
 * Puts an upload's own variants down for removal, unless they are what the user shows: an attempt may
 * have published some before it was overtaken, or after another attempt had already ended it. At once, if
 * the user had it removed meanwhile.
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

/** Pictures that nobody is shown any more. Kept in Postgres, so that losing Redis leaves nothing behind. */
export class Purges {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @param grace milliseconds since the picture was replaced  @returns at most `limit`, the oldest first */
  due(grace: number, limit: number): Promise<Purge[]> {
    return translateErrors(async () => {
      const { rows } = await this.#db.raw(DUE, { grace, limit })
      return rows
    })
  }

  /** Those of this user's that are to go at once, at most `limit`. */
  dueNow(userId: UserId, limit: number): Promise<Purge[]> {
    return translateErrors(async () => {
      const { rows } = await this.#db.raw(REMOVED_BY, { userId, limit })
      return rows
    })
  }

  /** What its user had removed after it was read as merely replaced is not done: its bytes are still there. */
  async delete(purged: readonly Purge[]): Promise<void> {
    const revisions = purged.map(({ revision }) => revision)
    const removed = purged.flatMap((one) => (one.removed ? one.revision : []))
    await translateErrors(() => this.#db.raw(DONE, { revisions, removed }))
  }
}

const REMOVED = wasRemovedSql('purges.user_id', 'purges.revision')

/** A picture that is a user's current one is never due, whatever the table says. */
const NOT_SHOWN = `
not exists (select from avatars where avatars.user_id = purges.user_id and avatars.revision = purges.revision)`

const DUE = `
select revision, user_id as "userId", ${REMOVED} as removed from purges
where superseded_at <= now() - :grace * interval '1 millisecond' and ${NOT_SHOWN}
order by superseded_at limit :limit`

const REMOVED_BY = `
select revision, user_id as "userId", ${REMOVED} as removed from purges
where user_id = :userId and superseded_at = '-infinity' and ${NOT_SHOWN}
order by revision desc limit :limit`

const DONE = `
delete from purges
where revision = any(cast(:revisions as uuid[]))
  and (revision = any(cast(:removed as uuid[])) or not ${REMOVED})`

/**
 * Which of these revisions something in the database speaks for: a user shows it, or shows the picture that a
 * worker may be rendering anew as it; it is put down for purging; or its upload has no outcome yet or has
 * had it for less than `grace` milliseconds.
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
    const { rows } = await db.raw(SPOKEN_FOR, { revisions, folders, moments, grace })
    return new Set(rows.map((row: { revision: Revision }) => row.revision))
  })
}

const SPOKEN_FOR = `
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
