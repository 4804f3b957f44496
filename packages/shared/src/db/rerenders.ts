import type { Picture } from '../avatar/avatar.ts'
import type { PictureRerender, RerenderCommit } from '../avatar/rerender.ts'
import { pictureBindings } from './avatars.ts'
import { type Knex, translateErrors } from './database.ts'
import { schedulePurge } from './purges.ts'

/**
 * Pictures rendered anew. That is no change of a user's: it holds only where the row still shows exactly
 * what was rendered, and every change of the user's comes after it.
 */
export class Rerenders {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** Whether there is something to do: `due`, or what has come of it. */
  begin(rerender: PictureRerender): Promise<'due' | RerenderCommit> {
    return translateErrors(async () => {
      const { userId, from } = rerender
      const shown = { user_id: userId, revision: from, source: 'upload' }
      const due = await this.#db('avatars').where(shown).first('revision')
      return due ? 'due' : outcomeOf(this.#db, rerender)
    })
  }

  /** Shows the picture as it was rendered anew, unless its user has changed it. */
  commit(rerender: PictureRerender, picture: Picture): Promise<RerenderCommit> {
    return translateErrors(() =>
      this.#db.transaction(async (trx) => {
        const { rowCount } = await trx.raw(REPLACE, { ...rerender, ...pictureBindings(picture) })
        return rowCount === 1 ? 'ready' : outcomeOf(trx, rerender)
      }),
    )
  }
}

/** Where the row does not show `from` any more. What attempts have published in vain is put down for purging. */
async function outcomeOf(db: Knex, { userId, to }: PictureRerender): Promise<RerenderCommit> {
  const shown = { user_id: userId, revision: to }
  if (await db('avatars').where(shown).first('revision')) return 'ready'
  await schedulePurge(db, { revision: to, userId })
  return 'superseded'
}

/** `updated_at` stays: it is when the user changed the picture. */
const REPLACE = `
update avatars set
  revision = :to, variants = :variants, placeholder = :placeholder, color = :color,
  source_format = :format, source_width = :width, source_height = :height, recipe = :recipe
where user_id = :userId and revision = :from and source = 'upload'`
