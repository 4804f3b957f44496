import { join } from 'node:path'
import { type Redis as Server, startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Events } from '../support/events.ts'
import { eventually } from '../support/faults/eventually.ts'
import { avatarPath, Client, someone, tokenOf } from '../support/http.ts'
import { photo } from '../support/photo.ts'
import { as, makeUser, refusals } from '../support/redis/users.ts'
import { receiptRow } from '../support/state.ts'
import { createWorld, type World } from '../support/visage.ts'
import { accept, connectParts, MINUTE } from './maintenance-parts.ts'

const SOON = { SWEEP_EVERY: '1s', SWEEP_AFTER: '1s', PURGE_EVERY: '1s', PURGE_AFTER: '0s' }

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

test('the API and a worker need no more rights than the document gives', async () => {
  const limits = { RATE_LIMIT: '100/1m', RATE_LIMIT_STRANGERS: '100/1m' }
  const api = new Client(await world.startApi({ ...as('visage', world.env), ...limits }))
  const worker = await world.startWorker({ ...as('visage', world.env), ...SOON })
  const user = someone()
  const put = (body: Buffer) => api.put(tokenOf(user), body, { Prefer: 'wait=20' })
  expect((await put(jpeg)).json.code).toBe(0)
  expect((await put(jpeg.subarray(0, jpeg.length / 2))).json.code).toBe(40001)
  expect((await api.put('no-token', jpeg)).json.code).toBe(401)
  await followToTheEnd(api, user)
  expect((await api.get(avatarPath(user, '?nocache=1'))).status).toBe(200)
  await sweepUp()
  await failAndRecover(api, user)
  await worker.stop()
  expect(await refusals(world.redis)).toEqual([])
})

async function followToTheEnd(api: Client, user: string): Promise<void> {
  await using events = await Events.open(api, user, await api.upload(user, jpeg))
  await events.over
  expect(events.told.at(-1)?.data).toMatchObject({ state: 'ready' })
}

/** An upload whose job is lost. */
async function sweepUp(): Promise<void> {
  const parts = await connectParts(world)
  const { id } = await accept(parts, jpeg, 10 * MINUTE, 'somebody-else')
  const ready = async () => (await receiptRow(world, id))?.state === 'ready'
  await eventually('the sweep', 20_000, ready)
  await parts.close()
}

/** A job that is put off, and one whose worker dies. */
async function failAndRecover(api: Client, user: string): Promise<void> {
  await world.db.raw('alter table avatars rename to hidden')
  const id = await api.upload(user, jpeg)
  const job = async () => (await world.queue.getJobState(id)) === 'delayed'
  await eventually('a job that is put off', 20_000, job)
  await world.db.raw('alter table hidden rename to avatars')
  expect(await world.outcome(id)).toBe('ready')
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
