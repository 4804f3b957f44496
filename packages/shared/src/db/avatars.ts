import type {
  Avatar,
  AvatarChange,
  ChangeEffect,
  CurrentPicture,
  Picture,
} from '../avatar/avatar.ts'
import { userFolder } from '../avatar/keys.ts'
import type { Variant } from '../avatar/recipe.ts'
import type { RecipeId } from '../avatar/recipe-id.ts'
import type { Removal } from '../avatar/removal.ts'
import type { Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { withAnnouncement } from './announcements.ts'
import { AvatarReads } from './avatar-reads.ts'
import { type Knex, translateErrors } from './database.ts'
import { recordRemoval } from './removals.ts'

const PAGE = 500

/** The `avatars` table: each user's current picture. */
export class Avatars {
  readonly #db: Knex
  readonly #announces: boolean
  readonly #reads: AvatarReads

  /** @param announces records each change for the webhook */
  constructor(db: Knex, announces = false) {
    this.#db = db
    this.#announces = announces
    this.#reads = new AvatarReads(db)
  }

  /** @returns the picture as of this call or later, never an older one */
  find(userId: UserId): Promise<Avatar | undefined> {
    return this.#reads.find(userId)
  }

  /** Counts the uploaded pictures. With `notBy`, counts only those that another recipe rendered. */
  countPictures(notBy?: RecipeId): Promise<number> {
    return translateErrors(async () => {
      const row = await this.#uploaded(notBy).count('* as n').first()
      return Number(row?.n ?? 0)
    })
  }

  /**
   * Yields every uploaded picture, in the order in which the bucket lists the folders. With `notBy`, yields only those
   * that another recipe rendered.
   */
  async *pictures(notBy?: RecipeId): AsyncGenerator<CurrentPicture> {
    for (let after = ''; ; ) {
      const rows: PictureRow[] = await translateErrors(() =>
        this.#uploaded(notBy).andWhere('folder', '>', after).orderBy('folder').limit(PAGE),
      )
      yield* rows.map(toPicture)
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return
      after = last.folder
    }
  }

  #uploaded(notBy?: RecipeId) {
    const pictures = this.#db('avatars').where('source', 'upload')
    return notBy === undefined
      ? pictures
      : pictures.whereRaw('recipe is distinct from :notBy', { notBy })
  }

  change(change: AvatarChange): Promise<ChangeEffect> {
    return translateErrors(() => applyChange(this.#db, change, this.#announces))
  }

  /**
   * Removes the user's picture and schedules an immediate purge of all older pictures. The purge is scheduled even if
   * a newer change supersedes the removal.
   */
  remove(removal: Removal): Promise<ChangeEffect> {
    return translateErrors(() =>
      this.#db.transaction(async (trx) => {
        const effect = await applyChange(trx, { ...removal, source: 'none' }, this.#announces)
        await recordRemoval(trx, removal)
        return effect
      }),
    )
  }
}

/**
 * Sets the picture unless a newer change is already applied. One statement compares and sets, so the newest of several
 * concurrent changes wins in any order of arrival. Repeating a change returns `applied` and announces nothing. A
 * database trigger schedules the purge of the replaced picture.
 */
export async function applyChange(
  db: Knex,
  change: AvatarChange,
  announces: boolean,
): Promise<ChangeEffect> {
  const statement = announces ? ANNOUNCED : COMPARE_AND_SET
  const { rowCount } = await db.raw(statement, toBindings(change))
  return rowCount === 1 ? 'applied' : 'superseded'
}

const COMPARE_AND_SET = `
insert into avatars (user_id, folder, source, revision, email_hash, variants, placeholder, color,
                     source_format, source_width, source_height, recipe)
values (:userId, :folder, :source, :revision, :emailHash, :variants, :placeholder, :color,
        :format, :width, :height, :recipe)
on conflict (user_id) do update set
  source = excluded.source, revision = excluded.revision, email_hash = excluded.email_hash,
  variants = excluded.variants, placeholder = excluded.placeholder, color = excluded.color,
  source_format = excluded.source_format, source_width = excluded.source_width,
  source_height = excluded.source_height, recipe = excluded.recipe,
  updated_at = case when avatars.revision = excluded.revision then avatars.updated_at else now() end
where avatars.revision <= excluded.revision`

const ANNOUNCED = withAnnouncement(COMPARE_AND_SET)

function toBindings(change: AvatarChange) {
  const { userId, revision, source } = change
  const picture = change.source === 'upload' ? change.picture : undefined
  return {
    userId,
    folder: userFolder(userId),
    revision,
    source,
    emailHash: (change.source === 'gravatar' && change.emailHash) || null,
    ...pictureBindings(picture),
  }
}

export function pictureBindings(picture: Picture | undefined) {
  return {
    variants: JSON.stringify(picture?.variants ?? []),
    placeholder: picture?.placeholder ?? null,
    color: picture?.color ?? null,
    format: picture?.source.format ?? null,
    width: picture?.source.width ?? null,
    height: picture?.source.height ?? null,
    recipe: picture?.recipe ?? null,
  }
}

interface PictureRow {
  user_id: UserId
  folder: string
  revision: Revision
  variants: Variant[]
}

function toPicture({ user_id: userId, folder, revision, variants }: PictureRow): CurrentPicture {
  return { userId, folder, revision, variants }
}
