import { join } from 'node:path'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { RestartableServer } from '../support/faults/servers.ts'
import { Client, someone } from '../support/http/http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { makeWorld, type World } from '../support/world/world.ts'

const dir = temporaryFolder()
let redis: RestartableServer<Awaited<ReturnType<typeof startRedis>>>
let world: World
let api: Client
let ops: Record<'API' | 'worker', number>

beforeAll(async () => {
  redis = await RestartableServer.open((port) => startRedis({ dir: join(dir, 'redis'), port }))
  world = await makeWorld({ ...inject('servers'), redis: { REDIS_URL: redis.server.url } })
  const app = await world.startApi()
  api = new Client(app)
  ops = { API: app.ports.ops, worker: Number.NaN }
})
afterEach(() => redis.restore())
afterAll(async () => {
  await world.close()
  await redis.stop()
  removeServersFolder(dir)
})

const jobs = (state: string) => metric(ops.API, 'visage_queue_jobs', { state })
const oldest = async () => (await metric(ops.API, 'visage_queue_oldest_seconds')) ?? Number.NaN

describe('the metrics of the API show the queue', () => {
  it('before any worker started: the number of waiting jobs and the age of the oldest', async () => {
    expect(await jobs('waiting')).toBe(0)
    expect(await oldest()).toBe(0)
    const image = await photo({ width: 64, height: 64 })
    await api.upload(someone(), image)
    await eventually('a second has passed', 5000, async () => (await oldest()) > 1)
    await api.upload(someone(), image)
    expect(await jobs('waiting')).toBe(2)
    expect(await oldest()).toBeGreaterThan(1)
  })

  it('as empty once a worker has finished all jobs', async () => {
    ops.worker = (await world.startWorker()).ports.ops
    await eventually('nothing waits', 20_000, async () => (await oldest()) === 0)
    for (const state of ['waiting', 'deferred', 'running', 'retrying', 'failed'])
      expect(await jobs(state)).toBe(0)
  })
})

describe.each([
  ['frozen', () => redis.freeze()],
  ['gone', () => redis.kill()],
] as const)('while Redis is %s', (_, fault) => {
  it('a scrape answers, reports Redis as unavailable, and omits the queue metrics', async () => {
    await fault()
    for (const app of ['API', 'worker'] as const) {
      const up = (dependency: string) => metric(ops[app], 'visage_dependency_up', { dependency })
      const known = async () => (await up('queue')) === 0
      await eventually('the queue is unavailable', 10_000, known)
      expect(await up('database')).toBe(1)
      expect(await up('storage')).toBe(1)
    }
    expect(await jobs('waiting')).toBeUndefined()
    expect(await metric(ops.API, 'visage_queue_oldest_seconds')).toBeUndefined()
    await redis.restore()
    await eventually('the queue is known again', 20_000, async () => (await jobs('waiting')) === 0)
  })
})
