import DataLoader from 'dataloader'
import { LRUCache } from 'lru-cache'
import type { Avatar } from '../avatar/avatar.ts'
import type { Variant } from '../avatar/recipe.ts'
import type { Revision } from '../avatar/revision.ts'
import type { UserId } from '../avatar/user-id.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import { type Knex, translateErrors } from './database.ts'
import { query } from './query.ts'

/** Rows read at once. */
const BATCH = 100

/** Milliseconds that reads wait for those before them at most: a statement that hangs must hold up no other. */
const GATHERING = 20

/** Rows kept, of some 2 KB each. */
const KEPT = 5000

interface Kept {
  readonly version: string
  readonly avatar: Avatar
}

/**
 * Reads of users' current pictures, many at once. Rows are kept, but none is shown on its own word: each read asks
 * Postgres, which answers only where the row is in another version than the one that is kept. Whoever asks
 * after a change is told of it.
 */
export class AvatarReads {
  readonly #db: Knex
  readonly #kept = new LRUCache<UserId, Kept>({ max: KEPT })
  readonly #reads = new DataLoader<UserId, Avatar | undefined>((ids) => this.#findAll(ids), {
    cache: false,
    batchScheduleFn: (read) => void this.#gather(read),
    maxBatchSize: BATCH,
  })
  #running: Promise<unknown> = Promise.resolve()

  constructor(db: Knex) {
    this.#db = db
  }

  find(userId: UserId): Promise<Avatar | undefined> {
    return this.#reads.load(userId)
  }

  /** Reads that are asked for while others are under way go together: the more there are, the fewer statements for each. */
  async #gather(read: () => void): Promise<void> {
    await withTimeout('the reads before', GATHERING, this.#running).catch(() => undefined)
    setImmediate(read)
  }

  async #findAll(userIds: readonly UserId[]): Promise<(Avatar | undefined)[]> {
    const kept = userIds.map((userId) => this.#kept.get(userId))
    const others = await this.#readOthers(userIds, kept)
    const now = (userId: UserId, i: number) => (others.has(userId) ? others.get(userId) : kept[i])
    return userIds.map((userId, i) => now(userId, i)?.avatar)
  }

  /** Of those that are not what is kept, what they are. */
  async #readOthers(
    userIds: readonly UserId[],
    kept: readonly (Kept | undefined)[],
  ): Promise<Map<UserId, Kept | undefined>> {
    const versions = kept.map((one) => one?.version ?? null)
    const reading = translateErrors(() =>
      query<FoundRow>(this.#db, FIND_OTHERS, [userIds, versions]),
    )
    this.#running = reading
    const rows = await reading
    const others = new Map(rows.map((row) => [row.asked_id, toKeep(row)]))
    for (const [userId, one] of others) this.#kept.set(userId, one)
    return others
  }
}

/**
 * One row for each that differs; where there is none any more, of nulls. `xmin` is the transaction that wrote a row's
 * version (PostgreSQL, 5.6, system columns).
 */
const FIND_OTHERS = `
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

function toKeep(row: FoundRow): Kept | undefined {
  return row.version === null ? undefined : { version: row.version, avatar: fromRow(row) }
}

function fromRow(row: Found): Avatar {
  const common = { userId: row.user_id, revision: row.revision, updatedAt: row.updated_at }
  if (row.source === 'none') return { ...common, source: 'none' }
  if (row.source === 'gravatar') return { ...common, source: 'gravatar', emailHash: row.email_hash }
  const { variants, placeholder, color } = row
  return { ...common, source: 'upload', variants, placeholder, color }
}
