import { randomUUID } from 'node:crypto'
import { type Knex, openDatabase } from '@visage/shared/db/database'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { startWire } from '../support/http/wire.ts'
import { useWorld } from '../support/world/use-world.ts'

const TIMEOUT = 400
const LIMITS = { statement: '400ms', idle: '2s' }

const world = useWorld()
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

function connect(url: string): Knex {
  const db = openDatabase({ url, timeout: TIMEOUT })
  open.push(() => db.destroy())
  return db
}

const database = () => connect(`${world.env.DATABASE_URL}`)

const SHOW =
  "select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle"

const shown = async (db: Knex, sql: string, values: readonly string[] = []) =>
  (await db.raw(sql, [...values])).rows[0]

describe('every statement has timeouts:', () => {
  test('with values and without', async () => {
    expect(await shown(database(), SHOW)).toEqual(LIMITS)
    expect(await shown(database(), `${SHOW}, ? as value`, ['?'])).toEqual({ ...LIMITS, value: '?' })
  })

  test('in a transaction', async () => {
    await database().transaction(async (trx) => {
      expect(await shown(trx, SHOW)).toEqual(LIMITS)
      expect(await shown(trx, `${SHOW}, ? as value`, ['x'])).toEqual({ ...LIMITS, value: 'x' })
    })
  })

  test('after a failed one, inside and outside a transaction', async () => {
    const db = database()
    const failed = () =>
      expect(db.raw("select ?::int + 'x'::int", ['1'])).rejects.toThrow('invalid')
    await failed()
    await expect(db.transaction((trx) => trx.raw('select 1 / 0'))).rejects.toThrow('zero')
    expect(await shown(db, SHOW)).toEqual(LIMITS)
    await failed()
    await db.transaction(async (trx) => expect(await shown(trx, SHOW)).toEqual(LIMITS))
  })

  test('without additional results', async () => {
    const db = database()
    const answer = await db.raw('select n, ? as value from generate_series(1, 3) n', ['x'])
    expect(answer).toMatchObject({ command: 'SELECT', rowCount: 3 })
    expect(answer.fields.map(({ name }: { name: string }) => name)).toEqual(['n', 'value'])
    expect((await db.raw('select 7 as n')).rows).toEqual([{ n: 7 }])
    expect((await db.raw('select where false')).rows).toEqual([])
    const gone = await db.raw('delete from purges where user_id = ?', ['nobody'])
    expect(gone).toMatchObject({ command: 'DELETE', rowCount: 0, rows: [] })
  })
})

test('the timeouts do not remain in the session', async () => {
  const db = database()
  await db.raw('select ?', [1])
  await db.transaction((trx) => trx.raw('select ?', [1]))
  await expect(db.raw('select ?::int', ['x'])).rejects.toThrow('invalid')
  const connection = await db.client.acquireConnection()
  const unbounded = (sql: string): Promise<pg.QueryResult> =>
    Reflect.apply(pg.Client.prototype.query, connection, [sql])
  expect((await unbounded(SHOW)).rows).toEqual([{ statement: '0', idle: '0' }])
  await db.client.releaseConnection(connection)
})

/** Connects through a relay that can drop a client silently. */
async function throughWire() {
  const { hostname, port } = new URL(`${world.env.DATABASE_URL}`)
  const wire = await startWire(hostname, Number(port))
  open.push(() => wire.close())
  const url = new URL(`${world.env.DATABASE_URL}`)
  url.port = `${wire.port}`
  return { db: connect(url.href), wire }
}

/** Returns the states of the sessions whose current or last statement has this marker. */
async function sessions(mark: string): Promise<{ state: string }[]> {
  const { rows } = await world.db.raw(
    'select state from pg_stat_activity where query like ? and pid <> pg_backend_pid()',
    [`%${mark}%`],
  )
  return rows
}

describe('the server cancels abandoned work:', () => {
  test('a statement whose client disconnected', async () => {
    const { db, wire } = await throughWire()
    const mark = randomUUID()
    const lost = db.raw(`select pg_sleep(60), '${mark}'`).catch(() => {})
    const runs = async () => (await sessions(mark)).some(({ state }) => state === 'active')
    await eventually('it runs', 5000, runs)
    wire.blackhole()
    await eventually('it has ended', 10_000, async () => !(await runs()))
    await lost
  })

  test('a transaction whose client disconnected, with its locks', async () => {
    const { db, wire } = await throughWire()
    const mark = randomUUID()
    const trx = await db.transaction()
    await trx.raw(`lock table purges /* ${mark} */`)
    wire.blackhole()
    const isOpen = async () =>
      (await sessions(mark)).some(({ state }) => state === 'idle in transaction')
    expect(await isOpen()).toBe(true)
    await eventually('it has ended', 15_000, async () => !(await isOpen()))
    await trx.rollback().catch(() => {})
  })
})
