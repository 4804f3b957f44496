import knex from 'knex'
import { migrationSource } from './migrations/index.ts'

/** Any number that no other program takes a lock on in the same database. */
const LOCK = 7_234_981

/**
 * Brings the schema up to date. Any number of processes may call this at once: an advisory lock
 * makes them take turns. Whoever holds it is alone, so a lock row that knex left behind when a
 * process died in the middle is released first.
 */
export async function migrateToLatest(databaseUrl: string): Promise<void> {
  const options = { client: 'pg', connection: databaseUrl, migrations: { migrationSource } }
  const lock = knex({ ...options, pool: { min: 1, max: 1 } })
  const db = knex({ ...options, pool: { min: 0, max: 2 } })
  try {
    await lock.raw('select pg_advisory_lock(?)', [LOCK])
    await db.migrate.forceFreeMigrationsLock()
    await db.migrate.latest()
  } finally {
    await Promise.all([lock.destroy(), db.destroy()])
  }
}
