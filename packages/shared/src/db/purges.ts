import type { Revision } from '../avatar/revision.ts'
import type { Upload } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'
import { guarded, type Knex } from './database.ts'

export interface Purge {
  readonly revision: Revision
  readonly userId: UserId
}

/** Puts an upload's own variants down for removal: it may have published some before it was overtaken. */
export async function schedulePurge(db: Knex, { id, userId }: Upload): Promise<void> {
  await db('purges').insert({ revision: id, user_id: userId }).onConflict().ignore()
}

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
