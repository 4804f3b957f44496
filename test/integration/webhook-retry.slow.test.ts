import { join } from 'node:path'
import { type Redis, startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { Receiver } from '../support/http/receiver.ts'
import { photo } from '../support/pictures/photo.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

const dir = temporaryFolder()
/** Longer than a lock of a dead worker and the timers of an emptied Redis, on a busy machine. */
const PATIENCE = 60_000

let redis: Redis
let world: World
let receiver: Receiver

beforeAll(async () => {
  redis = await startRedis({ dir: join(dir, 'redis') })
})
beforeEach(async () => {
  world = await createWorld({ ...inject('servers'), redis: { REDIS_URL: redis.url } })
  receiver = await Receiver.start()
})
afterEach(async () => {
  await receiver.stop() // First: nobody then waits for its answer any more.
  await world.close()
})
afterAll(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

const env = (more = {}) => ({ ...receiver.env, WEBHOOK_TIMEOUT: '1s', ...more })
const startApi = async (more = {}) => new Client(await world.startApi(env(more)))
const startWorker = (more = {}) => world.startWorker(env(more))

/** @returns the user, who has gone back to Gravatar */
async function change(api: Client): Promise<string> {
  const user = someone()
  expect((await api.put(tokenOf(user))).json.code).toBe(0)
  return user
}

const allTold = () =>
  eventually('the outbox is empty', PATIENCE, async () => {
    const row = await world.db('announcements').first()
    return row === undefined
  })

test('a receiver that does not answer keeps no upload waiting', async () => {
  receiver.answer = () => {}
  const [api] = await Promise.all([startApi(), startWorker({ WEBHOOK_TIMEOUT: '1h' })])
  for (let i = 0; i < 8; i++) await change(api)
  await eventually(
    'the receiver has all it gets',
    PATIENCE,
    async () => receiver.deliveries.length === 4,
  )
  const jpeg = await photo({ width: 96, height: 64 })
  for (let i = 0; i < 3; i++) {
    const user = someone()
    const id = await api.upload(user, jpeg)
    expect(await world.outcome(id)).toBe('ready')
  }
})

test(
  'Redis is emptied while announcements wait: they are delivered all the same',
  async () => {
    receiver.answer = (res) => res.writeHead(500).end()
    const [api] = await Promise.all([startApi(), startWorker()])
    const users = [await change(api), await change(api), await change(api)]
    for (const user of users) await receiver.of(user)
    receiver.answer = (res) => res.writeHead(200).end()
    await world.redis.flushall()
    await allTold()
    for (const user of users) await receiver.of(user, 2)
  },
  PATIENCE,
)

test(
  'a change that Redis was not told of is announced',
  async () => {
    const api = await startApi({ REDIS_URL: 'redis://127.0.0.1:1' })
    const user = await change(api)
    await startWorker()
    const [delivery] = await receiver.of(user)
    expect(delivery.event().data.source).toBe('gravatar')
    await allTold()
  },
  PATIENCE,
)

test(
  'Redis is frozen while a change is made: it is accepted, and announced once Redis is back',
  async () => {
    const [api] = await Promise.all([startApi(), startWorker()])
    redis.kill('SIGSTOP')
    const user = await change(api).finally(() => redis.kill('SIGCONT'))
    await receiver.of(user)
    await allTold()
  },
  PATIENCE,
)

/** Postgres would carry out a statement that it has, whoever sent it. */
const WAITING = `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

async function acknowledging(): Promise<boolean> {
  const { rows } = await world.db.raw(`select query from ${WAITING}`)
  return rows.some(({ query }: { query: string }) =>
    query.startsWith('delete from "announcements"'),
  )
}

test(
  'a worker that is killed after the answer and before its acknowledgement tells it again, under the same id',
  async () => {
    const api = await startApi()
    const victim = await world.startWorkerProcess(env({ DATABASE_TIMEOUT: '20s' }))
    const lock = await world.db.transaction()
    receiver.answer = async (res, { headers }) => {
      await lock('announcements').where('revision', `${headers['webhook-id']}`).forUpdate()
      res.writeHead(204).end()
    }
    const user = await change(api)
    const [first] = await receiver.of(user)
    await eventually('the acknowledgement waits for the lock', PATIENCE, acknowledging)
    victim.kill('SIGKILL')
    await victim.exited
    await world.db.raw(`select pg_terminate_backend(pid) from ${WAITING}`)
    await eventually('the acknowledgement is lost', PATIENCE, async () => !(await acknowledging()))
    await lock.rollback()
    receiver.answer = (res) => res.writeHead(204).end()
    await startWorker()
    const [, second] = await receiver.of(user, 2)
    expect(second?.event()).toEqual(first.event())
    await allTold()
    expect(receiver.deliveries).toHaveLength(2)
  },
  PATIENCE,
)

test('three workers tell 60 changes once each', async () => {
  const [api] = await Promise.all([startApi(), startWorker(), startWorker(), startWorker()])
  const users = await Promise.all(Array.from({ length: 60 }, () => change(api)))
  for (const user of users) await receiver.of(user)
  await allTold()
  const ids = receiver.deliveries.map(({ headers }) => headers['webhook-id'])
  expect([ids.length, new Set(ids).size]).toEqual([60, 60])
})
