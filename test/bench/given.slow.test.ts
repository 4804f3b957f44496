import { setTimeout as delay } from 'node:timers/promises'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { createStorageClient } from '@visage/shared/storage/client'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { createDatabase } from '@visage/stack/database'
import { type Servers, startServers } from '@visage/stack/servers'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { startBench } from '../support/world/bench.ts'
import type { Environment } from '../support/world/world.ts'

/** Milliseconds that only a hang takes. */
const HANG = 900_000

/** Of this file's own, so that nobody else makes anything in them. */
let servers: Servers
let given: Environment
let before: Awaited<ReturnType<typeof contents>>

beforeAll(async () => {
  servers = await startServers()
  const { postgres, redis, s3 } = servers
  given = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_REGION: s3.region,
  }
  await fillWithOthers()
  before = await contents()
})

afterAll(() => servers.stop())

test.each(['accept', 'latency'])(
  '%s runs on the servers that are given and leaves them as they were',
  {
    timeout: HANG,
  },
  async (part) => {
    const { ended } = startBench(['--quick', part], given)
    const [{ code, errors, output, results }, seen] = await Promise.all([ended, seenUntil(ended)])
    expect(code, errors).toBe(0)
    expect(results[0]?.externalServers).toEqual(['Postgres', 'Redis', 'S3'])
    expect(output).toContain('External servers: Postgres, Redis, S3.')
    for (const one of ['databases', 'keys', 'objects'] as const) expect(seen, one).toContain(one)
    expect(await contents()).toEqual(before)
  },
)

test('a part that fails leaves nothing either', { timeout: HANG }, async () => {
  const { ended } = startBench(['--quick', 'serve'], { ...given, MAX_OUTCOME_WAITERS: 'none' })
  const [{ code, errors }, seen] = await Promise.all([ended, seenUntil(ended)])
  expect(code).toBe(1)
  expect(errors).toContain('api stopped while starting')
  expect(seen).toContain('databases')
  expect(await contents()).toEqual(before)
})

test('nor does one that is interrupted', { timeout: HANG }, async () => {
  const { ended, interrupt } = startBench(['--quick', 'backlog'], given)
  await expect.poll(newly, { timeout: HANG }).toContain('objects')
  interrupt()
  expect((await ended).code).toBe(1)
  expect(await contents()).toEqual(before)
})

test('what is not given is started, and its CPU alone is known', { timeout: HANG }, async () => {
  const { DATABASE_URL = '' } = given
  const { code, errors, results } = await startBench(['--quick', 'scale'], { DATABASE_URL }).ended
  expect(code, errors).toBe(0)
  expect(results[0]?.externalServers).toEqual(['Postgres'])
  for (const row of results[0]?.tables.flatMap(({ rows }) => rows) ?? []) {
    expect(row['Postgres, cores']).toBe('external')
    expect(row['Redis, cores']).toEqual(expect.any(Number))
  }
  expect(await contents()).toEqual(before)
})

test('a part that flushes Redis is refused where Redis is given', async () => {
  const { code, errors } = await startBench(['rebuild', '--alone'], given).ended
  expect(code).toBe(1)
  expect(errors).toContain('runs only if REDIS_URL is not set')
  expect(await contents()).toEqual(before)
})

test.each([
  ['half of S3', { S3_ACCESS_KEY: '' }, 'S3_ACCESS_KEY is not set'],
  ['a Cluster', { REDIS_MODE: 'cluster' }, 'REDIS_MODE must be single'],
  ['a server that is away', { REDIS_URL: 'redis://127.0.0.1:1' }, 'Cannot connect to 127.0.0.1:1'],
])('%s is refused before anything is done', async (_, env, problem) => {
  const { code, errors } = await startBench(['--quick', 'latency'], { ...given, ...env }).ended
  expect(code).toBe(1)
  expect(errors).toContain(problem)
  expect(await contents()).toEqual(before)
})

async function fillWithOthers(): Promise<void> {
  const settings = { ...servers.s3, bucket: 'visage-others' }
  await createDatabase(servers.postgres.url, 'others')
  await createPrivateBucket(settings)
  const store = ObjectStore.connect(settings, 5000)
  await store.put(asObjectKey('raw/other'), Buffer.from('other'), { mediaType: 'image/png' })
  store.close()
  const redis = new Redis(servers.redis.url)
  await redis.mset('bull:bare:meta', 'other', 'visage:other', 'other')
  redis.disconnect()
}

/** Names of all that there is. */
async function contents() {
  const postgres = new pg.Client(servers.postgres.url)
  const redis = new Redis(servers.redis.url)
  await postgres.connect()
  const { rows } = await postgres.query('SELECT datname FROM pg_database ORDER BY datname')
  const keys = (await redis.keys('*')).toSorted()
  await postgres.end()
  redis.disconnect()
  return { databases: rows.map(({ datname }) => datname), keys, objects: await objects() }
}

/** Each bucket's name, and with it each object's. */
async function objects(): Promise<string[]> {
  const { minio, agent } = createStorageClient({ ...servers.s3, bucket: '' }, 5000)
  const names: string[] = []
  for (const { name: bucket } of await minio.listBuckets()) {
    names.push(bucket)
    const store = new ObjectStore({ minio, agent }, bucket)
    for await (const key of store.list('')) names.push(`${bucket}/${key}`)
  }
  agent.destroy()
  return names.toSorted()
}

/** Of what there is more than before. */
async function newly(): Promise<string[]> {
  const now = await contents().catch(() => before)
  const kinds = Object.keys(before) as (keyof typeof before)[]
  return kinds.filter((kind) => now[kind].length > before[kind].length)
}

/** What there was more of at some time before it ended; once that is all, nothing more is asked. */
async function seenUntil(ended: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>()
  const over = ended.then(() => true)
  while (seen.size < 3 && !(await Promise.race([over, delay(100, false)])))
    for (const kind of await newly()) seen.add(kind)
  return [...seen]
}
