import type { Announcement } from '../avatar/announcement.ts'
import type { Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { type Knex, translateErrors } from './database.ts'

const PAGE = 500

/** The webhook's outbox. The statement that changes the picture also inserts the row. Delivery deletes the row. */
export class Announcements {
  readonly #db: Knex

  constructor(db: Knex) {
    this.#db = db
  }

  /** @returns undefined if the announcement was delivered or never existed */
  find(revision: Revision): Promise<Announcement | undefined> {
    return translateErrors(async () => {
      const row = await this.#db<AnnouncementRow>('announcements').where({ revision }).first()
      return row && fromRow(row)
    })
  }

  /** Acknowledges the delivery. */
  async delete(revision: Revision): Promise<void> {
    await translateErrors(() => this.#db('announcements').where({ revision }).delete())
  }

  count(): Promise<number> {
    return translateErrors(async () => {
      const row = await this.#db('announcements').count('* as n').first()
      return Number(row?.n ?? 0)
    })
  }

  /** Yields the undelivered announcements in pages, oldest revision first. */
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
 * Extends a change of `avatars` so that the same statement inserts the announcement. Repeating a change keeps
 * `updated_at`. So `updated_at = now()` holds only the first time, and a repetition announces nothing.
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
