import knex, { type Knex } from 'knex'
import { withTlsAdvice } from '../errors/tls.ts'
import { connectionTo, type DatabaseAccess, silentLog } from './connection.ts'
import { migrationSource } from './migrations/index.ts'

/** Key of the advisory lock. No other program may use this key in the same database. */
const LOCK_KEY = 7_234_981

/**
 * Applies all pending migrations in one transaction: either all succeed or none. Any number of processes may call this
 * at once. An advisory lock of the transaction serializes them, so this also works through a pooler in transaction
 * mode. Every migration must be able to run in a transaction.
 * @returns the names of the applied migrations
 */
export async function migrateToLatest(url: string, ca?: string): Promise<readonly string[]> {
  const db = openForMigration({ url, ca })
  try {
    return await db.transaction(migrate)
  } catch (error) {
    throw withTlsAdvice(error, 'DATABASE_CA')
  } finally {
    await db.destroy()
  }
}

function openForMigration(access: DatabaseAccess): Knex {
  return knex({
    client: 'pg',
    connection: { ...connectionTo(access), keepAlive: true },
    pool: { min: 0, max: 1 },
    log: silentLog,
    migrations: { migrationSource },
  })
}

/** Releases knex's own lock row, which a killed `knex` command leaves locked. Safe under the advisory lock. */
async function migrate(trx: Knex.Transaction): Promise<readonly string[]> {
  await trx.raw('select pg_advisory_xact_lock(?)', [LOCK_KEY])
  await trx.migrate.forceFreeMigrationsLock()
  const [, names] = await trx.migrate.latest()
  return names
}
