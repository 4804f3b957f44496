import DataLoader from 'dataloader'
import { LRUCache } from 'lru-cache'
import type { Avatar } from '../avatar/avatar.ts'
import type { Variant } from '../avatar/recipe.ts'
import type { Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import { type Knex, translateErrors } from './database.ts'
import { query } from './query.ts'

/** Rows per statement. */
const MAX_BATCH_SIZE = 100

/** Maximum milliseconds that reads wait for the running read. A statement that hangs must not delay other reads. */
const MAX_BATCH_WAIT = 20

/** Cached rows, of about 2 KB each. */
const MAX_CACHED_ROWS = 5000

interface CachedRow {
  readonly version: string
  readonly avatar: Avatar
}

/**
 * Reads users' current pictures in batches, with a cache of rows. Every read asks Postgres, which returns a row only if
 * its version differs from the cached version. A read that starts after a change returns that change.
 */
export class AvatarReads {
  readonly #db: Knex
  readonly #cache = new LRUCache<UserId, CachedRow>({ max: MAX_CACHED_ROWS })
  readonly #reads = new DataLoader<UserId, Avatar | undefined>((ids) => this.#findAll(ids), {
    cache: false,
    batchScheduleFn: (read) => void this.#scheduleBatch(read),
    maxBatchSize: MAX_BATCH_SIZE,
  })
  #running: Promise<unknown> = Promise.resolve()

  constructor(db: Knex) {
    this.#db = db
  }

  find(userId: UserId): Promise<Avatar | undefined> {
    return this.#reads.load(userId)
  }

  /** Collects the requests that arrive during a read into one statement. More load means fewer statements per read. */
  async #scheduleBatch(read: () => void): Promise<void> {
    await withTimeout('waiting for the running read', MAX_BATCH_WAIT, this.#running).catch(
      () => undefined,
    )
    setImmediate(read)
  }

  async #findAll(userIds: readonly UserId[]): Promise<(Avatar | undefined)[]> {
    const cached = userIds.map((userId) => this.#cache.get(userId))
    const changed = await this.#readChanged(userIds, cached)
    const rowOf = (userId: UserId, i: number) =>
      changed.has(userId) ? changed.get(userId) : cached[i]
    return userIds.map((userId, i) => rowOf(userId, i)?.avatar)
  }

  /** Reads the rows whose version differs from the cached version. The value is undefined for a deleted row. */
  async #readChanged(
    userIds: readonly UserId[],
    cached: readonly (CachedRow | undefined)[],
  ): Promise<Map<UserId, CachedRow | undefined>> {
    const versions = cached.map((row) => row?.version ?? null)
    const reading = translateErrors(() =>
      query<FoundRow>(this.#db, FIND_CHANGED, [userIds, versions]),
    )
    this.#running = reading
    const rows = await reading
    const changed = new Map(rows.map((row) => [row.asked_id, toCachedRow(row)]))
    for (const [userId, row] of changed) this.#cache.set(userId, row)
    return changed
  }
}

/**
 * Returns one row for each user whose version differs. The row holds nulls if the user has no row in `avatars` now.
 * `xmin` identifies the transaction that wrote the row's version (PostgreSQL, 5.6, system columns).
 */
const FIND_CHANGED = `
select asked.user_id as asked_id, found.*
from unnest($1::text[], $2::text[]) as asked (user_id, version)
left join lateral (
  select xmin::text as version,
    user_id, source, revision, email_hash, variants, placeholder, color, updated_at
  from avatars where avatars.user_id = asked.user_id
) as found on true
where found.version is distinct from asked.version`

interface Found {
  version: string
  user_id: UserId
  source: Avatar['source']
  revision: Revision
  email_hash: string | null
  variants: Variant[]
  placeholder: string
  color: string
  updated_at: Date
}

type FoundRow = { asked_id: UserId } & (Found | { version: null })

function toCachedRow(row: FoundRow): CachedRow | undefined {
  return row.version === null ? undefined : { version: row.version, avatar: fromRow(row) }
}

function fromRow(row: Found): Avatar {
  const common = { userId: row.user_id, revision: row.revision, updatedAt: row.updated_at }
  if (row.source === 'none') return { ...common, source: 'none' }
  if (row.source === 'gravatar') return { ...common, source: 'gravatar', emailHash: row.email_hash }
  const { variants, placeholder, color } = row
  return { ...common, source: 'upload', variants, placeholder, color }
}
