import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Avatars } from '@visage/shared/db/avatars'
import { type Knex, openDatabase, translateErrors } from '@visage/shared/db/database'
import { Uploads } from '@visage/shared/db/uploads'
import { problem } from '@visage/shared/errors/app-error'
import { freePort } from '@visage/stack/ports'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { picture, revisionAt, toPicture, uploadAt } from '../support/domain/uploads.ts'
import { startWire, type Wire } from '../support/http/wire.ts'
import { useWorld } from '../support/world/use-world.ts'

const TIMEOUT = 400
/** Milliseconds that the client waits longer than the server, and slack for a busy machine. */
const SLACK = 4000

const world = useWorld()
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

function database(change: (url: URL) => void = () => {}): Knex {
  const url = new URL(`${world.env.DATABASE_URL}`)
  change(url)
  const db = openDatabase({ url: url.href, timeout: TIMEOUT })
  open.push(() => db.destroy())
  return db
}

const at = (port: number) =>
  database((url) => {
    url.hostname = '127.0.0.1'
    url.port = `${port}`
  })

async function throughWire(): Promise<{ db: Knex; wire: Wire }> {
  const { hostname, port } = new URL(`${world.env.DATABASE_URL}`)
  const wire = await startWire(hostname, Number(port))
  open.push(() => wire.close())
  return { db: at(wire.port), wire }
}

const calls = {
  find: (db: Knex) => new Avatars(db).find(asUserId('alice')),
  change: (db: Knex) => new Avatars(db).change(toPicture(asUserId('alice'), revisionAt(1))),
  begin: (db: Knex) => new Uploads(db).beginAttempt(uploadAt(1), randomUUID()),
  commit: (db: Knex) => new Uploads(db).commitPicture(uploadAt(1), picture),
}

async function failure(work: () => Promise<unknown>) {
  const started = performance.now()
  const error = await work().then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  return { error, took: performance.now() - started }
}

const failed = { problem: 'databaseFailed', code: 50_001 }

async function silentServer(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(() => server.close())
  return (server.address() as AddressInfo).port
}

type Call = (db: Knex) => Promise<unknown>

/** Runs all calls concurrently. */
const each = (check: (call: Call) => Promise<void>) => Promise.all(Object.values(calls).map(check))

async function expectFailed(work: () => Promise<unknown>): Promise<void> {
  const { error, took } = await failure(work)
  expect(error).toMatchObject(failed)
  expect(took).toBeLessThan(TIMEOUT + SLACK)
}

/**
 * Retries a call: a closed connection can fail one more call before the pool notices, and on a busy machine connecting
 * can take longer than TIMEOUT.
 */
const worksSoon = (work: () => Promise<unknown>) => vi.waitFor(work, { timeout: 30_000 })

describe('every call fails within the timeout', () => {
  test('if no server listens', async () => {
    const port = await freePort()
    await each((call) => expectFailed(() => call(at(port))))
  })

  test('if the server sends nothing', async () => {
    const port = await silentServer()
    await each((call) => expectFailed(() => call(at(port))))
  })

  test('if the server stops answering later, and works again over a new connection', async () => {
    await each(async (call) => {
      const { db, wire } = await throughWire()
      await worksSoon(() => db.raw('select 1'))
      wire.blackhole()
      await expectFailed(() => call(db))
      await worksSoon(() => call(db))
    })
  })

  test('if connections are closed, and works again soon', async () => {
    await each(async (call) => {
      const { db, wire } = await throughWire()
      await worksSoon(() => db.raw('select 1'))
      wire.cut()
      const { error, took } = await failure(() => call(db))
      if (error) expect(error).toMatchObject(failed)
      expect(took).toBeLessThan(TIMEOUT + SLACK)
      await worksSoon(() => call(db))
    })
  })
})

describe('a statement fails within the timeout', () => {
  test('that takes too long', async () => {
    const db = database()
    await expectFailed(() => translateErrors(() => db.raw('select pg_sleep(30)')))
  })

  test('that waits for a lock', async () => {
    const db = database()
    const upload = uploadAt(1, asUserId('locked'))
    await new Uploads(db).beginAttempt(upload, randomUUID())
    await world.db.transaction(async (trx) => {
      await trx('uploads').where('upload_id', upload.id).forUpdate().first()
      await expectFailed(() => new Uploads(db).commitPicture(upload, picture))
    })
    expect(await new Uploads(db).commitPicture(upload, picture)).toBe('ready')
  })

  test('that waits for a free connection', async () => {
    const db = database()
    const busy = Array.from({ length: 10 }, () =>
      db.raw('select pg_sleep(?)', [(TIMEOUT / 1000) * 0.9]).catch(() => {}),
    )
    const more = await Promise.all(Array.from({ length: 30 }, () => failure(() => calls.find(db))))
    for (const { error, took } of more) {
      if (error) expect(error).toMatchObject(failed)
      expect(took).toBeLessThan(2 * TIMEOUT + SLACK)
    }
    await Promise.all(busy)
  })
})

describe('errors of the driver are not exposed', () => {
  test.each([
    ['a name in the schema', 'select * from secret_table'],
    ['a value', "select 'hunter2'::int"],
  ])('%s', async (_, sql) => {
    const { error } = await failure(() => translateErrors(() => world.db.raw(sql)))
    expect(error).toMatchObject(failed)
    expect(error?.message).toBe('The database is not available; try again shortly')
    expect(`${error?.cause}`).toMatch(/secret_table|hunter2/)
  })

  test('including the address and the user', async () => {
    const { error } = await failure(() => calls.find(database((url) => (url.password = 'wrong'))))
    expect(error).toMatchObject(failed)
    expect(error?.message).not.toMatch(/password|127\.0\.0\.1|postgres:/)
  })

  test('an application error is passed on unchanged', async () => {
    const ours = problem('tooLarge', '16 MiB')
    await expect(translateErrors(() => Promise.reject(ours))).rejects.toBe(ours)
  })
})

test('the process survives closed connections and opens new ones', async () => {
  const db = database()
  await db.raw('select 1')
  await world.db.raw(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await worksSoon(() => calls.find(db))
})
