import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@visage/stack/ports'
import { type Redis, startRedis } from '@visage/stack/redis'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { askOps } from '../support/http/ops-http.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

let world: World
let dir: string
let redisPort: number
const servers: Redis[] = []

beforeEach(async () => {
  world = await createWorld()
  dir = join(await mkdtemp(join(tmpdir(), 'visage-dashboard-')), 'redis')
  redisPort = await freePort()
})
afterEach(async () => {
  await world.close()
  for (const server of servers.splice(0)) await server.stop()
  await rm(join(dir, '..'), { recursive: true, force: true })
})

async function start(): Promise<Redis> {
  const server = await startRedis({ dir, port: redisPort })
  servers.push(server)
  return server
}

const startApi = async ({ url }: Redis) => (await world.startApi({ REDIS_URL: url })).ports.ops

const statusOf = async (port: number, path: string) => (await askOps(port, path)).status

/** Waits until every page of the dashboard answers with this status. */
const answers = (port: number, status: number) =>
  vi.waitFor(
    async () => {
      expect(await statusOf(port, '/queues/api/queues')).toBe(status)
      expect(await statusOf(port, '/queues/find?q=alice')).toBe(status)
    },
    { timeout: 15_000, interval: 200 },
  )

it('answers 503 with a message while Redis has never been available, and works once it is', async () => {
  const gone = await start()
  await gone.stop()
  const port = await startApi(gone)
  const unavailable = await askOps(port, '/queues/api/queues')
  expect([unavailable.status, unavailable.json.error.key]).toEqual([
    503,
    'ERRORS.REDIS_UNAVAILABLE',
  ])
  expect(unavailable.body.toString()).not.toContain(`${redisPort}`)
  expect((await askOps(port, '/queues/find?q=alice')).body.toString()).toContain(
    'Redis is unavailable',
  )
  expect(await statusOf(port, '/healthz')).toBe(200)
  await start()
  await answers(port, 200)
})

it('follows repeated outages of Redis', async () => {
  let server = await start()
  const port = await startApi(server)
  await answers(port, 200)
  for (let outage = 0; outage < 2; outage++) {
    await server.stop()
    await answers(port, 503)
    expect(await statusOf(port, '/healthz')).toBe(200)
    server = await start()
    await answers(port, 200)
  }
})

it('answers 503 while Redis is frozen, and health still answers', async () => {
  const server = await start()
  const port = await startApi(server)
  await answers(port, 200)
  server.kill('SIGSTOP')
  expect(await statusOf(port, '/queues/api/queues')).toBe(503)
  expect(await statusOf(port, '/healthz')).toBe(200)
  server.kill('SIGCONT')
  await answers(port, 200)
})
