import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openDatabase } from '@visage/shared/db/database'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { startApp } from '@visage/stack/app'
import { createDatabase } from '@visage/stack/database'
import { startPostgres } from '@visage/stack/postgres'
import type { Process } from '@visage/stack/process'
import { startRedis } from '@visage/stack/redis'
import { type S3, startS3 } from '@visage/stack/s3'
import { startServers } from '@visage/stack/servers'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { dataFolder, processesOf } from '../support/servers/launcher.ts'

test('the three servers start in a temporary folder and leave no process and no folder', async () => {
  const servers = await startServers()
  expect(processesOf(servers.dir)).toContain(servers.postgres.pid)
  await servers.stop()
  expect(processesOf(servers.dir)).toEqual([])
  expect(existsSync(servers.dir)).toBe(false)
})

test('a database can be a copy of another', async () => {
  const { url } = await ended(
    startPostgres({ dir: join(dataFolder(), 'postgres'), durable: false }),
  )
  const template = await createDatabase(url, 'template')
  await query(template, 'create table kept as select 7 as number')
  const copy = await createDatabase(url, 'copy', 'template')
  expect(await query(copy, 'select number from kept')).toEqual([{ number: 7 }])
})

describe('killed and started again with the same folder and port', () => {
  test('Postgres keeps its rows', async () => {
    const dir = join(dataFolder(), 'postgres')
    const first = await ended(startPostgres({ dir }))
    await query(first.url, 'create table kept as select 7 as number')
    await killed(first)
    const second = await ended(startPostgres({ dir, port: first.port }))
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }])
  })

  test('Redis keeps its keys and never evicts one', async () => {
    const dir = join(dataFolder(), 'redis')
    const first = await ended(startRedis({ dir }))
    await command(first.url, 'SET', 'kept', '7')
    await killed(first)
    const second = await ended(startRedis({ dir, port: first.port }))
    expect(second.url).toBe(first.url)
    expect(await command(second.url, 'GET', 'kept')).toBe('7')
    expect(await command(second.url, 'CONFIG', 'GET', 'maxmemory-policy')).toContain('noeviction')
  })

  test('S3 keeps its objects with their metadata', async () => {
    const dir = join(dataFolder(), 's3')
    const first = await ended(startS3({ dir }))
    await (await bucketOf(first)).put(asObjectKey('raw/one'), Buffer.from('seven'), {
      mediaType: 'image/png',
      metadata: { upload: 'u1' },
    })
    await killed(first)
    const second = await ended(startS3({ dir, port: first.port }))
    const store = await bucketOf(second)
    expect(await store.get(asObjectKey('raw/one'))).toEqual(Buffer.from('seven'))
    expect(await store.stat(asObjectKey('raw/one'))).toMatchObject({
      bytes: 5,
      metadata: { upload: 'u1' },
    })
  })
})

test('S3 refuses an unsigned request', async () => {
  const s3 = await ended(startS3({ dir: join(dataFolder(), 's3') }))
  await (await bucketOf(s3)).put(asObjectKey('raw/one'), Buffer.from('seven'), {
    mediaType: 'image/png',
  })
  expect((await fetch(`${s3.endpoint}/visage/raw/one`)).status).toBe(403)
})

test('S3 loses no object during concurrent deletions', async () => {
  const store = await bucketOf(await ended(startS3({ dir: join(dataFolder(), 's3') })))
  const put = (key: string) =>
    store.put(asObjectKey(key), Buffer.from(key), { mediaType: 'image/png' })
  const rounds = Array.from({ length: 100 }, (_, index) => index)
  for (const round of rounds) {
    await put(`raw/gone-${round}`)
    await Promise.all([store.remove([asObjectKey(`raw/gone-${round}`)]), put(`raw/kept-${round}`)])
    expect(await store.get(asObjectKey(`raw/kept-${round}`))).toBeDefined()
    await store.remove([asObjectKey(`raw/kept-${round}`)])
  }
})

test('a frozen Postgres does not answer until it is thawed, and can be stopped while frozen', async () => {
  const server = await ended(startPostgres({ dir: join(dataFolder(), 'postgres'), durable: false }))
  const db = database(server.url)
  await db.raw('select 1')
  server.kill('SIGSTOP')
  const answer = db.raw('select 7 as number')
  const first = await Promise.race([answer.then(() => 'answer'), expired(300)])
  expect(first).toBe('expired')
  server.kill('SIGCONT')
  expect((await answer).rows).toEqual([{ number: 7 }])
  await db.destroy()
  server.kill('SIGSTOP')
  await server.stop()
  expect(await server.exited).toEqual({ code: 0, signal: null })
})

test('a port in use fails the start with the output of the server and leaves no process', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const folder = dataFolder()
  const starts = { postgres: startPostgres, redis: startRedis, s3: startS3 }
  for (const [name, start] of Object.entries(starts))
    await expect(start({ dir: join(folder, name), port })).rejects.toMatchObject({
      message: expect.stringMatching(/ stopped while starting \(exit code 1\)\. Its log: .*\.log$/),
      output: expect.arrayContaining([expect.stringMatching(/in use|EADDRINUSE/)]),
    })
  expect(processesOf(folder)).toEqual([])
})

test('an app that fails to start reports its exit code and its last output', async () => {
  const folder = dataFolder()
  const entry = join(folder, 'main.mjs')
  writeFileSync(entry, 'console.error("no such setting"); process.exit(78)')
  const app = startApp({ name: 'API', entry, env: {}, log: join(folder, 'api.log') })
  await expect(app).rejects.toMatchObject({
    message: `API stopped while starting (exit code 78). Its log: ${join(folder, 'api.log')}`,
    output: ['no such setting'],
  })
})

async function ended<T extends Process>(starting: Promise<T>): Promise<T> {
  const server = await starting
  onTestFinished(() => server.stop())
  return server
}

async function killed(server: Process): Promise<void> {
  server.kill('SIGKILL')
  expect(await server.exited).toMatchObject({ signal: 'SIGKILL' })
}

function database(url: string) {
  const db = openDatabase({ url, timeout: 5000 })
  onTestFinished(() => db.destroy())
  return db
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const db = openDatabase({ url, timeout: 5000 })
  try {
    return (await db.raw(sql)).rows
  } finally {
    await db.destroy()
  }
}

async function command(url: string, name: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(url)
  try {
    return await redis.call(name, ...args)
  } finally {
    redis.disconnect()
  }
}

async function bucketOf({ endpoint, accessKey, secretKey, region }: S3): Promise<ObjectStore> {
  const settings = { endpoint, accessKey, secretKey, region, bucket: 'visage' }
  await createPrivateBucket(settings)
  const store = ObjectStore.connect(settings, 5000)
  onTestFinished(() => store.close())
  return store
}

const expired = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds, 'expired'))
