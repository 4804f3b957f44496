import { migrateToLatest } from '@visage/shared/db/migrate'
import { createDatabase } from '@visage/stack/database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type PgBouncer, startPgBouncer } from '../support/servers/pgbouncer.ts'
import { withProgram } from '../support/servers/with-program.ts'
import { reachDatabasesThrough } from '../support/world/database-route.ts'
import { createWorld } from '../support/world/use-world.ts'

/** Runs the database tests through PgBouncer. */
withProgram('PgBouncer', 'behind PgBouncer in transaction mode,', async (program) => {
  const { databaseUrl } = inject('servers')
  let pgbouncer: PgBouncer

  beforeAll(async () => {
    pgbouncer = await startPgBouncer(program, databaseUrl)
    reachDatabasesThrough(pgbouncer.through)
  })
  afterAll(() => pgbouncer.close())

  await import('./database-avatars.test.ts')
  await import('./database-unavailable.test.ts')
  await import('./database-limits.test.ts')
  await import('./database-pictures.test.ts')
  await import('./database-receipts.test.ts')
  await import('./database-uploads.test.ts')

  test('all clients together use no more Postgres connections than the pool of PgBouncer', async () => {
    const world = await createWorld()
    await Promise.all(Array.from({ length: 50 }, () => world.db.raw('select pg_sleep(0.01)')))
    const { rows } = await world.db.raw(
      'select count(*)::int as n from pg_stat_activity where datname = current_database()',
    )
    expect(rows).toEqual([{ n: 2 }])
    await world.close()
  })

  test('five concurrent migrations run one after the other', async () => {
    const url = pgbouncer.through(await createDatabase(databaseUrl, `t${process.pid}migrated`))
    await Promise.all(Array.from({ length: 5 }, () => migrateToLatest(url)))
  })
})
