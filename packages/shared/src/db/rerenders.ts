import type { Picture } from '../avatar/avatar.ts'
import type { PictureRerender, RerenderCommit } from '../avatar/rerender.ts'
import { pictureBindings } from './avatars.ts'
import { type Knex, translateErrors } from './database.ts'
import { schedulePurge } from './purges.ts'

/**
 * Commits of pictures that were rendered again. A rerender is not a user's change: it takes effect only if the picture
 * is still the one that was rendered. Every user's change supersedes it.
 */
export class Rerenders {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @returns `due` if the picture must be rendered, otherwise the outcome */
  begin(rerender: PictureRerender): Promise<'due' | RerenderCommit> {
    return translateErrors(async () => {
      const { userId, from } = rerender
      const current = { user_id: userId, revision: from, source: 'upload' }
      const due = await this.#db('avatars').where(current).first('revision')
      return due ? 'due' : outcomeOf(this.#db, rerender)
    })
  }

  /** Makes the new rendering the current picture, unless the user has changed the picture. */
  commit(rerender: PictureRerender, picture: Picture): Promise<RerenderCommit> {
    return translateErrors(() =>
      this.#db.transaction(async (trx) => {
        const { rowCount } = await trx.raw(REPLACE, { ...rerender, ...pictureBindings(picture) })
        return rowCount === 1 ? 'ready' : outcomeOf(trx, rerender)
      }),
    )
  }
}

/** Returns the outcome when `from` is no longer the current picture. Schedules a purge of variants without effect. */
async function outcomeOf(db: Knex, { userId, to }: PictureRerender): Promise<RerenderCommit> {
  const current = { user_id: userId, revision: to }
  if (await db('avatars').where(current).first('revision')) return 'ready'
  await schedulePurge(db, { revision: to, userId })
  return 'superseded'
}

/** Keeps `updated_at`, the time of the user's last change. */
const REPLACE = `
update avatars set
  revision = :to, variants = :variants, placeholder = :placeholder, color = :color,
  source_format = :format, source_width = :width, source_height = :height, recipe = :recipe
where user_id = :userId and revision = :from and source = 'upload'`
