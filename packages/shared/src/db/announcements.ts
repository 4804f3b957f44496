import type { Announcement } from '../avatar/announcement.ts'
import type { Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { type Knex, translateErrors } from './database.ts'

const PAGE = 500

/** The outbox. A row is written by the statement that makes the change, and goes once it is delivered. */
export class Announcements {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @returns undefined where it is delivered, or there never was one */
  find(revision: Revision): Promise<Announcement | undefined> {
    return translateErrors(async () => {
      const row = await this.#db<AnnouncementRow>('announcements').where({ revision }).first()
      return row && fromRow(row)
    })
  }

  /** It is delivered: the acknowledgement. */
  async delete(revision: Revision): Promise<void> {
    await translateErrors(() => this.#db('announcements').where({ revision }).delete())
  }

  count(): Promise<number> {
    return translateErrors(async () => {
      const row = await this.#db('announcements').count('* as n').first()
      return Number(row?.n ?? 0)
    })
  }

  /** All that wait, from the oldest revision on, in pages. */
  async *pending(size = PAGE): AsyncGenerator<Revision[]> {
    for (let after: Revision | undefined; ; ) {
      const page = await this.#page(after, size)
      if (page.length > 0) yield page
      after = page.at(-1)
      if (page.length < size) return
    }
  }

  #page(after: Revision | undefined, size: number): Promise<Revision[]> {
    return translateErrors(async () => {
      const query = this.#db('announcements').orderBy('revision').limit(size)
      return after === undefined
        ? query.pluck('revision')
        : query.where('revision', '>', after).pluck('revision')
    })
  }
}

/**
 * The same change of `avatars`, which announces itself. One that is applied again keeps its time, and
 * only the first one bears that of its transaction.
 */
export const withAnnouncement = (change: string) => `
with changed as (${change}
  returning user_id, revision, source, updated_at
), announced as (
  insert into announcements (revision, user_id, source, changed_at)
  select revision, user_id, source, updated_at from changed where updated_at = now()
  on conflict do nothing
)
select from changed`

interface AnnouncementRow {
  revision: Revision
  user_id: UserId
  source: Announcement['source']
  changed_at: Date
}

function fromRow({ revision, user_id: userId, source, changed_at: changedAt }: AnnouncementRow) {
  return { revision, userId, source, changedAt }
}
