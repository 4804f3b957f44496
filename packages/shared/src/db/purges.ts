import type { Revision } from '../avatar/revision.ts'
import type { Upload } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'
import { guarded, type Knex } from './database.ts'

export interface Purge {
  readonly revision: Revision
  readonly userId: UserId
}

/**
 * Puts an upload's own variants down for removal, unless they are what the user shows: an attempt may
 * have published some before it was overtaken, or after another attempt had already ended it.
 */
export async function schedulePurge(db: Knex, { id, userId }: Upload): Promise<void> {
  await db.raw(SCHEDULE, { id, userId })
}

const SCHEDULE = `
insert into purges (revision, user_id)
select :id, :userId where not exists (select from avatars where revision = :id)
on conflict do nothing`

/** Pictures that nobody is shown any more. Kept in Postgres, so that losing Redis leaves nothing behind. */
export class Purges {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @param grace milliseconds since the picture was replaced  @returns at most `limit`, the oldest first */
  due(grace: number, limit: number): Promise<Purge[]> {
    return guarded(async () => {
      const { rows } = await this.#db.raw(DUE, { grace, limit })
      return rows
    })
  }

  async done(revisions: readonly Revision[]): Promise<void> {
    await guarded(() =>
      this.#db('purges')
        .whereIn('revision', [...revisions])
        .delete(),
    )
  }
}

/** A picture that is a user's current one is never due, whatever the table says. */
const DUE = `
select revision, user_id as "userId" from purges
where superseded_at <= now() - :grace * interval '1 millisecond'
  and not exists (select from avatars where avatars.user_id = purges.user_id and avatars.revision = purges.revision)
order by superseded_at limit :limit`

/**
 * Which of these revisions something in the database speaks for: a user shows it, it is put down for
 * purging, or its upload has no outcome yet or has had it for less than `grace` milliseconds.
 */
export function spokenFor(
  db: Knex,
  revisions: readonly Revision[],
  grace: number,
): Promise<Set<Revision>> {
  return guarded(async () => {
    const { rows } = await db.raw(SPOKEN_FOR, { revisions: [...revisions], grace })
    return new Set(rows.map((row: { revision: Revision }) => row.revision))
  })
}

const SPOKEN_FOR = `
select revision from unnest(cast(:revisions as uuid[])) as asked (revision)
where exists (select from avatars where avatars.revision = asked.revision)
   or exists (select from purges where purges.revision = asked.revision)
   or exists (
     select from uploads where upload_id = asked.revision
       and (finished_at is null or finished_at > now() - :grace * interval '1 millisecond')
   )`
