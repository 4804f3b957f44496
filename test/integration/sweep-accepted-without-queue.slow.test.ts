import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { RestartableServer } from '../support/faults/servers.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { keysIn, receiptRow } from '../support/world/state.ts'
import { createWorld, type Instance, type World } from '../support/world/use-world.ts'

const log = recordLog('api')
const dir = temporaryFolder()
/** Milliseconds: the timeout of the clock and of the queue. */
const QUEUE_TIMEOUT = 400
/** Slack for a busy machine in milliseconds. */
const SLACK = 4000

let redis: RestartableServer<Awaited<ReturnType<typeof startRedis>>>
let world: World
let app: Instance
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  redis = await RestartableServer.open((port) => startRedis({ dir: join(dir, 'redis'), port }))
  world = await createWorld({ ...inject('servers'), redis: { REDIS_URL: redis.server.url } })
  jpeg = await photo({ width: 96, height: 64 })
})
beforeEach(start)
afterEach(async () => {
  await redis.restore()
  await app.stop()
})
afterAll(async () => {
  await world.close()
  await redis.stop()
  removeServersFolder(dir)
})

async function start(): Promise<void> {
  app = await world.startApi({ QUEUE_TIMEOUT: `${QUEUE_TIMEOUT}ms` })
  api = new Client(app)
}

/** Uploads a picture and expects that it is accepted at once without a job. */
async function acceptWithoutQueue(user = someone()): Promise<string> {
  const [correlation, before] = [randomUUID(), await counted()]
  const started = performance.now()
  const headers = { 'X-Cr-Correlation-Id': correlation }
  const reply = await api.put(tokenOf(user), jpeg, headers)
  expect(performance.now() - started).toBeLessThan(2 * QUEUE_TIMEOUT + SLACK)
  expect(reply.json).toEqual({ code: 0, msg: '' })
  const id = `${reply.headers.get('x-upload-id')}`
  expect(await keysIn(world, 'raw/')).toContain(`raw/${id}`)
  const msg = 'Accepted upload without a job; the sweep adds it'
  const line = await log.line({ msg, correlation_id: correlation })
  expect(line).toMatchObject({ level: 40, upload_id: id })
  expect(await counted()).toBe(before + 1)
  return id
}

const counted = async () =>
  (await metric(app.ports.ops, 'visage_accepted_without_queue_total')) ?? 0

/** Restores Redis, starts a worker, and expects this outcome of each upload. */
async function expectOutcomes(expected: Readonly<Record<string, string>>): Promise<void> {
  const worker = await world.startWorker({ SWEEP_AFTER: '1s', SWEEP_EVERY: '1s' })
  const outcomes = async () => {
    const rows = await Promise.all(Object.keys(expected).map((id) => receiptRow(world, id)))
    return Object.values(expected).every((state, i) => rows[i]?.state === state)
  }
  await eventually(`outcomes ${JSON.stringify(expected)}`, 20_000, outcomes)
  const clean = async () => (await keysIn(world, 'raw/')).length === 0
  await eventually('all raw objects are gone', 5000, clean)
  await worker.stop()
}

test('uploads are accepted while Redis is stopped, and ready soon after it is back', async () => {
  await redis.kill()
  const ids = [await acceptWithoutQueue(), await acceptWithoutQueue(), await acceptWithoutQueue()]
  await redis.start()
  await expectOutcomes(Object.fromEntries(ids.map((id) => [id, 'ready'])))
})

test('uploads are accepted while Redis is frozen, and a job that was added late changes nothing', async () => {
  redis.freeze()
  const ids = [await acceptWithoutQueue(), await acceptWithoutQueue()]
  redis.thaw()
  await expectOutcomes(Object.fromEntries(ids.map((id) => [id, 'ready'])))
})

test('uploads are accepted if Redis is unavailable at the start of the API', async () => {
  await app.stop()
  await redis.kill()
  await start()
  const id = await acceptWithoutQueue()
  await redis.start()
  await expectOutcomes({ [id]: 'ready' })
})

test('the newest of the uploads before and during the outage wins', async () => {
  const user = someone()
  const first = await api.upload(user, jpeg)
  await redis.kill()
  const second = await acceptWithoutQueue(user)
  await redis.start()
  const third = await api.upload(user, jpeg)
  expect([first, second, third].toSorted()).toEqual([first, second, third])
  await expectOutcomes({ [third]: 'ready' })
  expect((await api.settings(user)).revision).toBe(third)
})
