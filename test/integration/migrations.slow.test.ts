import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { type Knex, openDatabase } from '@visage/shared/db/database'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { createDatabase } from '@visage/stack/database'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url).pathname
const TABLES = ['announcements', 'avatars', 'purges', 'removals', 'uploads']
const MIGRATIONS = [
  '0001_avatars',
  '0002_removals',
  '0003_announcements',
  '0004_recipes',
  '0005_comments',
]

let url: string
let db: Knex

beforeEach(async () => {
  url = await createDatabase(inject('servers').databaseUrl, `t${randomBytes(6).toString('hex')}`)
  db = openDatabase({ url, timeout: 5000 })
})

afterEach(() => db.destroy())

async function tables(): Promise<string[]> {
  const { rows } = await db.raw(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'knex%' order by 1",
  )
  return rows.map(({ name }: { name: string }) => name)
}

const noted = async () => (await db('knex_migrations').orderBy('id')).map(({ name }) => name)

/** The knex command, as `npx knex` runs it. */
async function knexCommand(...args: string[]): Promise<string> {
  const options = ['--knexfile', 'packages/shared/knexfile.mjs', ...args]
  const { stdout } = await run('node_modules/.bin/knex', options, {
    cwd: root,
    env: { ...process.env, DATABASE_URL: 'postgres://127.0.0.1:1/', MIGRATION_DATABASE_URL: url },
  })
  return stdout
}

/** Returns every object of ours in the database. */
async function things(): Promise<string[]> {
  const { rows } = await db.raw(`
    select relkind::text || ' ' || relname as thing from pg_class
    where relnamespace = 'public'::regnamespace and relname not like 'knex%'
    union select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
    order by 1`)
  return rows.map(({ thing }: { thing: string }) => thing)
}

describe('migrateToLatest', () => {
  test('creates the schema in an empty database', async () => {
    await migrateToLatest(url)
    expect(await tables()).toEqual(TABLES)
    expect(await noted()).toEqual(MIGRATIONS)
  })

  test('called again, changes nothing', async () => {
    await migrateToLatest(url)
    await db('purges').insert({ revision: '017f22e2-79b0-7cc3-98c4-dc0c0c07398f', user_id: 'a' })
    const before = await things()
    await migrateToLatest(url)
    expect(await things()).toEqual(before)
    expect(await db('purges')).toHaveLength(1)
  })

  test('called five times concurrently, migrates once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrateToLatest(url)))
    expect(await tables()).toEqual(TABLES)
    expect(await noted()).toEqual(MIGRATIONS)
  })

  test('ignores a knex lock that a killed process left', async () => {
    await migrateToLatest(url)
    await db('knex_migrations').delete()
    await db.raw(
      'drop table announcements, avatars, uploads, purges, removals; drop function purge_replaced_picture',
    )
    await db('knex_migrations_lock').update({ is_locked: 1 })
    await migrateToLatest(url)
    expect(await tables()).toEqual(TABLES)
    expect(await db('knex_migrations_lock')).toMatchObject([{ is_locked: 0 }])
  })

  test('leaves no lock and no connection', async () => {
    await migrateToLatest(url)
    const { rows } = await db.raw(
      'select count(*)::int as others from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect(rows).toEqual([{ others: 0 }])
  })

  test('rolls back a failed migration completely and works once the cause is fixed', async () => {
    await db.raw('create table uploads (mine int)')
    await expect(migrateToLatest(url)).rejects.toThrow('already exists')
    expect(await tables()).toEqual(['uploads'])
    await db.raw('drop table uploads')
    await migrateToLatest(url)
    expect(await tables()).toEqual(TABLES)
  })
})

describe('the knex command', () => {
  test('migrates up and down without a remainder', async () => {
    for (const name of MIGRATIONS) expect(await knexCommand('migrate:up')).toContain(name)
    expect(await tables()).toEqual(TABLES)
    for (const name of MIGRATIONS.toReversed())
      expect(await knexCommand('migrate:down')).toContain(name)
    expect(await things()).toEqual([])
    expect(await noted()).toEqual([])
    await knexCommand('migrate:latest')
    expect(await tables()).toEqual(TABLES)
  })

  test('recognises the migrations of the program', async () => {
    await migrateToLatest(url)
    expect(await knexCommand('migrate:latest')).toContain('Already up to date')
    expect(await knexCommand('migrate:list')).toContain('0005_comments')
    await knexCommand('migrate:rollback')
    expect(await things()).toEqual([])
  })
})
