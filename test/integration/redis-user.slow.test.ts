import { join } from 'node:path'
import { type Redis as Server, startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Events } from '../support/http/events.ts'
import { Client, someone } from '../support/http/http.ts'
import { askOps } from '../support/http/ops-http.ts'
import { Receiver } from '../support/http/receiver.ts'
import { photo } from '../support/pictures/photo.ts'
import { as, makeUser, refusals } from '../support/servers/redis/users.ts'
import { doEverything } from '../support/world/everything.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

const LIMITS = { RATE_LIMIT: '100/1m', RATE_LIMIT_ANONYMOUS: '100/1m' }

const dir = temporaryFolder()
let server: Server
let world: World
let jpeg: Buffer

beforeAll(async () => {
  server = await startRedis({ dir: join(dir, 'redis') })
  world = await createWorld({ ...inject('servers'), redis: { REDIS_URL: server.url } })
  jpeg = await photo({ width: 64, height: 64 })
  await makeUser('visage', world, world.redis)
})
afterAll(async () => {
  await world.close()
  await server.stop()
  removeServersFolder(dir)
})

test('the rights in the document suffice for the API and a worker', {
  timeout: 90_000,
}, async () => {
  const user = as('visage', world.env)
  await doEverything(world, { api: user, worker: user, audit: user })
  const receiver = await Receiver.start()
  const app = await world.startApi({ ...user, ...receiver.env, ...LIMITS })
  const worker = await world.startWorker({ ...user, ...receiver.env, SWEEP_EVERY: '1s' })
  const api = new Client(app)
  const name = someone()
  await followToTheEnd(api, name)
  expect(await receiver.of(name)).toHaveLength(1)
  expect((await api.put('no-token', jpeg)).json.code).toBe(401)
  await failAndRecover(api, name)
  await lookAround(app.ports.ops)
  await Promise.all([app.stop(), worker.stop(), receiver.stop()])
  expect(await refusals(world.redis)).toEqual([])
})

async function followToTheEnd(api: Client, user: string): Promise<void> {
  await using events = await Events.open(api, user, await api.upload(user, jpeg))
  await events.over
  expect(events.received.at(-1)?.data).toMatchObject({ state: 'ready' })
}

/** Makes an attempt fail, so that its job is delayed, and lets the next one succeed. */
async function failAndRecover(api: Client, user: string): Promise<void> {
  await world.db.raw('alter table avatars rename to hidden')
  const id = await api.upload(user, jpeg)
  const isDelayed = async () => (await world.queue.getJobState(id)) === 'delayed'
  await eventually('a delayed job', 20_000, isDelayed)
  await world.db.raw('alter table hidden rename to avatars')
  expect(await world.outcome(id)).toBe('ready')
}

/** Reads the dashboard and the metrics. */
async function lookAround(ops: number): Promise<void> {
  const pages = [
    'api/queues?activeQueue=uploads&status=completed&page=1',
    'api/redis/stats',
    'find?q=nobody',
  ]
  for (const page of pages) expect((await askOps(ops, `/queues/${page}`)).status).toBe(200)
  expect((await askOps(ops, '/metrics')).body.toString()).toContain('visage_')
}

test.each([
  ['another key', ['GET', 'another']],
  ['the names of all keys', ['SCAN', '0']],
  ['the same, at once', ['KEYS', '*']],
  ['emptying Redis', ['FLUSHALL']],
  ['reading how it is set', ['CONFIG', 'GET', '*']],
  ['other users', ['ACL', 'LIST']],
])('%s is refused to that user', async (_, [command = '', ...args]) => {
  const client = new Redis(as('visage', world.env).REDIS_URL)
  await expect(client.call(command, ...args)).rejects.toThrow('NOPERM')
  client.disconnect()
})
