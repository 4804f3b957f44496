import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Knex, openDatabase } from '@visage/shared/db/database'
import { migrateToLatest } from '@visage/shared/db/migrate'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { doEverything } from '../support/world/everything.ts'
import { useWorld } from '../support/world/use-world.ts'

const document = new URL('../../docs/postgres-and-s3.md', import.meta.url)
const [, statements = ''] = /```sql\n([\s\S]*?)```/.exec(readFileSync(document, 'utf8')) ?? []

/** Names of this test's roles and database, which are global in the server. */
const name = `t${randomBytes(6).toString('hex')}`

function addressOf(role: string, password: string): string {
  const url = new URL(inject('servers').databaseUrl)
  return Object.assign(url, { username: role, password, pathname: `/${name}` }).href
}

const owner = addressOf(`${name}_owner`, 'one that is as good as random')
const app = addressOf(`${name}_app`, 'another one')

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const statement of sql.split(';').filter((text) => text.trim()))
    await client.query(statement)
  await client.end()
}

const world = useWorld()
let db: Knex

beforeAll(async () => {
  const [before = '', after = ''] = statements.replaceAll('visage', name).split(/\\connect.*\n/)
  await run(inject('servers').databaseUrl, before)
  const { username, password } = new URL(inject('servers').databaseUrl)
  await run(addressOf(username, decodeURIComponent(password)), after)
  await migrateToLatest(owner)
  db = openDatabase({ url: app, timeout: 5000 })
})
afterAll(async () => {
  await db.destroy()
})

test('the role without ownership suffices for the API, the workers and the audit', {
  timeout: 60_000,
}, async () => {
  const env = { DATABASE_URL: app }
  await doEverything(world, { api: env, worker: env, audit: env })
  expect(await db('uploads')).not.toEqual([])
  expect(await world.db('uploads')).toEqual([])
})

describe('that role cannot', () => {
  test.each([
    ['make a table', 'create table mine (n int)'],
    ['make a table for a while', 'create temporary table mine (n int)'],
    ['make a schema', 'create schema mine'],
    ['change a table', 'alter table avatars add column mine int'],
    ['drop a table', 'drop table purges'],
    ['empty a table', 'truncate removals'],
    ['take away the function behind the purges', 'drop function purge_replaced_picture cascade'],
    ['make a role', 'create role mine'],
  ])('%s', async (_, sql) => {
    await expect(db.raw(sql)).rejects.toThrow(/permission denied|must be owner/)
  })

  test('migrate', async () => {
    await expect(migrateToLatest(app)).rejects.toThrow(/permission denied/)
  })
})
