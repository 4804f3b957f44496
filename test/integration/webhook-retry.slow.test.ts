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
/** Timeout in milliseconds, above the lock of a dead worker and the timers of an emptied Redis. */
const TIMEOUT = 60_000

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
  await receiver.stop() // The receiver stops first, so that no worker waits for its answer.
  await world.close()
})
afterAll(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

const env = (more = {}) => ({ ...receiver.env, WEBHOOK_TIMEOUT: '1s', ...more })
const startApi = async (more = {}) => new Client(await world.startApi(env(more)))
const startWorker = (more = {}) => world.startWorker(env(more))

/** Resets a new user to Gravatar. @returns the user */
async function change(api: Client): Promise<string> {
  const user = someone()
  expect((await api.put(tokenOf(user))).json.code).toBe(0)
  return user
}

const waitForDeliveries = () =>
  eventually('the outbox is empty', TIMEOUT, async () => {
    const row = await world.db('announcements').first()
    return row === undefined
  })

test('a receiver that does not answer delays no upload', async () => {
  receiver.answer = () => {}
  const [api] = await Promise.all([startApi(), startWorker({ WEBHOOK_TIMEOUT: '1h' })])
  for (let i = 0; i < 8; i++) await change(api)
  await eventually(
    'the receiver has every delivery',
    TIMEOUT,
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
  'pending announcements are delivered after Redis is emptied',
  async () => {
    receiver.answer = (res) => res.writeHead(500).end()
    const [api] = await Promise.all([startApi(), startWorker()])
    const users = [await change(api), await change(api), await change(api)]
    for (const user of users) await receiver.of(user)
    receiver.answer = (res) => res.writeHead(200).end()
    await world.redis.flushall()
    await waitForDeliveries()
    for (const user of users) await receiver.of(user, 2)
  },
  TIMEOUT,
)

test(
  'a change that was not enqueued in Redis is announced',
  async () => {
    const api = await startApi({ REDIS_URL: 'redis://127.0.0.1:1' })
    const user = await change(api)
    await startWorker()
    const [delivery] = await receiver.of(user)
    expect(delivery.event().data.source).toBe('gravatar')
    await waitForDeliveries()
  },
  TIMEOUT,
)

test(
  'a change while Redis is frozen is accepted, and announced once Redis is back',
  async () => {
    const [api] = await Promise.all([startApi(), startWorker()])
    redis.kill('SIGSTOP')
    const user = await change(api).finally(() => redis.kill('SIGCONT'))
    await receiver.of(user)
    await waitForDeliveries()
  },
  TIMEOUT,
)

/** Sessions that wait for a lock. Postgres would still run a received statement of a killed process. */
const WAITING = `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

async function acknowledging(): Promise<boolean> {
  const { rows } = await world.db.raw(`select query from ${WAITING}`)
  return rows.some(({ query }: { query: string }) =>
    query.startsWith('delete from "announcements"'),
  )
}

test(
  'a worker killed between the answer and its acknowledgement causes a repeat with the same ID',
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
    await eventually('the acknowledgement waits for the lock', TIMEOUT, acknowledging)
    victim.kill('SIGKILL')
    await victim.exited
    await world.db.raw(`select pg_terminate_backend(pid) from ${WAITING}`)
    await eventually('the acknowledgement is lost', TIMEOUT, async () => !(await acknowledging()))
    await lock.rollback()
    receiver.answer = (res) => res.writeHead(204).end()
    await startWorker()
    const [, second] = await receiver.of(user, 2)
    expect(second?.event()).toEqual(first.event())
    await waitForDeliveries()
    expect(receiver.deliveries).toHaveLength(2)
  },
  TIMEOUT,
)

test('three workers deliver 60 changes once each', async () => {
  const [api] = await Promise.all([startApi(), startWorker(), startWorker(), startWorker()])
  const users = await Promise.all(Array.from({ length: 60 }, () => change(api)))
  for (const user of users) await receiver.of(user)
  await waitForDeliveries()
  const ids = receiver.deliveries.map(({ headers }) => headers['webhook-id'])
  expect([ids.length, new Set(ids).size]).toEqual([60, 60])
})
