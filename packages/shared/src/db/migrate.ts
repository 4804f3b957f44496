import knex, { type Knex } from 'knex'
import { withTlsAdvice } from '../errors/tls.ts'
import { connectionTo, type DatabaseAccess, SILENT } from './connection.ts'
import { migrationSource } from './migrations/index.ts'

/** Any number that no other program takes a lock on in the same database. */
const LOCK = 7_234_981

/**
 * Brings the schema up to date, all of it or nothing. Any number of processes may call this at once: they take
 * turns, by a lock that ends with the transaction which everything is done in. So it also goes through a
 * pooler in transaction mode, and no migration may refuse to run in a transaction.
 * @returns the names of the migrations that were missing
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
    log: SILENT,
    migrations: { migrationSource },
  })
}

/** Whoever holds our lock is alone: a row that knex's own command left locked when it died is released. */
async function migrate(trx: Knex.Transaction): Promise<readonly string[]> {
  await trx.raw('select pg_advisory_xact_lock(?)', [LOCK])
  await trx.migrate.forceFreeMigrationsLock()
  const [, names] = await trx.migrate.latest()
  return names
}
