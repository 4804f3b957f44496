import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis, type Redis, waitForRedis } from '@visage/shared/queue/redis-connection'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { freePort } from '@visage/stack/ports'
import { type Redis as RedisServer, startRedis } from '@visage/stack/redis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { recorder, silent } from '../support/domain/log.ts'
import { uploadAt } from '../support/domain/uploads.ts'

/** Timeout of Redis and slack for a busy machine, in milliseconds. Without a timeout, a call takes 5 s or more. */
const TIMEOUT = 300
const SLACK = 4000
const PREFIX = 'unavailable'

let dir: string
let port: number
const servers: RedisServer[] = []
const open: (() => unknown)[] = []

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'visage-queue-')), 'redis')
  port = await freePort()
})

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
  for (const server of servers.splice(0)) await server.stop()
  await rm(join(dir, '..'), { recursive: true })
})

/** Starts the Redis of this test with its earlier data. */
async function start(): Promise<RedisServer> {
  const server = await startRedis({ dir, port })
  servers.push(server)
  return server
}

async function startAndStop(): Promise<string> {
  const server = await start()
  await server.stop()
  return server.url
}

function producer(
  url: string,
  log = silent,
  timeout = TIMEOUT,
): { redis: Redis; queue: UploadQueue } {
  const config = readSettings(redisSettings, { REDIS_URL: url })
  const redis = connectRedis(config, 'producer', timeout, log)
  const queue = new UploadQueue(redis, PREFIX, log)
  open.push(() => redis.disconnect())
  return { redis, queue }
}

async function attempt(work: () => Promise<unknown>) {
  const started = performance.now()
  const failed = await work().then(
    () => false,
    () => true,
  )
  return { failed, took: performance.now() - started }
}

const ready = (redis: Redis) =>
  vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 10_000 })
const waiting = (redis: Redis) => redis.llen(`${PREFIX}:uploads:wait`)

describe('while Redis is unavailable', () => {
  test('each enqueue fails at once', async () => {
    const long = 20_000
    const { queue } = producer(await startAndStop(), silent, long)
    for (let i = 0; i < 3; i++) {
      const { failed, took } = await attempt(() => queue.add(uploadAt(i)))
      expect(failed).toBe(true)
      expect(took).toBeLessThan(long / 2)
    }
    await queue.close()
  })

  test('from the start, enqueueing works soon after Redis becomes available', async () => {
    const { redis, queue } = producer(await startAndStop())
    expect((await attempt(() => queue.add(uploadAt(1)))).failed).toBe(true)
    await start()
    await ready(redis)
    await queue.add(uploadAt(2))
    expect(await waiting(redis)).toBe(1)
  })

  test('for a while, enqueueing fails and then works, and no waiting job is lost', async () => {
    const server = await start()
    const { redis, queue } = producer(server.url)
    await waitForRedis(redis, 5000)
    await queue.add(uploadAt(1))
    await server.stop()
    const { failed, took } = await attempt(() => queue.add(uploadAt(2)))
    expect(failed).toBe(true)
    expect(took).toBeLessThan(TIMEOUT + SLACK)
    await start()
    await ready(redis)
    await queue.add(uploadAt(3))
    expect(await waiting(redis)).toBe(2)
  })

  test('the log has one line for the outage and one for its end', async () => {
    const { log, lines } = recorder()
    const server = await start()
    const { redis } = producer(server.url, log)
    await waitForRedis(redis, 5000)
    await server.stop()
    await vi.waitFor(() => expect(lines.length).toBe(1), { timeout: 5000 })
    for (let i = 0; i < 3; i++) await new Promise((resolve) => redis.once('reconnecting', resolve))
    await start()
    await ready(redis)
    await vi.waitFor(() => expect(lines.length).toBe(2))
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Redis became unavailable',
      'Redis became available',
    ])
  })

  test('the first connection waits for a Redis that becomes available meanwhile', async () => {
    const { redis } = producer(await startAndStop())
    const status = waitForRedis(redis, 10_000).then(() => redis.status)
    await new Promise((resolve) => redis.once('reconnecting', resolve))
    await start()
    expect(await status).toBe('ready')
  })

  test('the first connection fails after its timeout', async () => {
    const { redis } = producer(await startAndStop())
    const { failed, took } = await attempt(() => waitForRedis(redis, 200))
    expect(failed).toBe(false)
    expect(took).toBeLessThan(200 + SLACK)
  })
})

describe('while Redis is frozen', () => {
  test('enqueueing fails within the timeout and works after the thaw', async () => {
    const server = await start()
    const { redis, queue } = producer(server.url)
    await waitForRedis(redis, 5000)
    await queue.add(uploadAt(1))
    server.kill('SIGSTOP')
    const upload = uploadAt(2)
    const { failed, took } = await attempt(() => queue.add(upload))
    expect(failed).toBe(true)
    expect(took).toBeLessThan(TIMEOUT + SLACK)
    server.kill('SIGCONT')
    // A failed enqueue may have added the job. Repeating it still leaves one job.
    await vi.waitFor(() => queue.add(upload), { timeout: 5000 })
    expect(await waiting(redis)).toBe(2)
  })

  test('a broken first connection is retried', async () => {
    const server = await start()
    const { redis, queue } = producer(server.url)
    await waitForRedis(redis, 5000)
    server.kill('SIGSTOP')
    const { failed, took } = await attempt(() => queue.add(uploadAt(1)))
    expect(failed).toBe(true)
    expect(took).toBeLessThan(2 * TIMEOUT + SLACK)
    server.kill('SIGCONT')
    await vi.waitFor(() => queue.add(uploadAt(2)), { timeout: 5000 })
    expect(await waiting(redis)).toBeGreaterThanOrEqual(1)
    await queue.close()
  })
})

test('scripts are loaded again after Redis lost them', async () => {
  const server = await start()
  const { redis, queue } = producer(server.url)
  await waitForRedis(redis, 5000)
  await queue.add(uploadAt(1))
  await redis.script('FLUSH')
  await redis.flushall()
  await queue.add(uploadAt(2))
  expect(await waiting(redis)).toBe(1)
})
