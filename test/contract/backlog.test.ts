import { freePort } from '@visage/stack/ports'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Client, someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.close())

const ask = (port: number) => fetch(`http://127.0.0.1:${port}/backlog`)

/** Starts an API and accepts three uploads without a worker. */
async function withThreeUploads() {
  const api = await world.startApi()
  const client = new Client(api)
  for (let i = 0; i < 3; i++) await client.upload(someone(), await photo({ width: 64, height: 64 }))
  return api.ports.ops
}

test('waiting jobs count in the backlog until a worker finishes them', async () => {
  const port = await withThreeUploads()
  expect(await (await ask(port)).json()).toEqual({ waiting: 3, running: 0, paused: false, work: 3 })
  await world.startWorker()
  await expect
    .poll(async () => (await ask(port)).json(), { timeout: 20_000 })
    .toEqual({
      waiting: 0,
      running: 0,
      paused: false,
      work: 0,
    })
})

test('active jobs count in the backlog, and jobs of a paused queue do not', async () => {
  const port = await withThreeUploads()
  await world.redis.lmove(world.queue.toKey('wait'), world.queue.toKey('active'), 'RIGHT', 'LEFT')
  expect(await (await ask(port)).json()).toMatchObject({ waiting: 2, running: 1, work: 3 })
  await world.queue.pause()
  expect(await (await ask(port)).json()).toEqual({ waiting: 2, running: 1, paused: true, work: 1 })
  await world.queue.resume()
  expect(await (await ask(port)).json()).toMatchObject({ paused: false, work: 3 })
})

test('the backlog is absent, not 0, while Redis is unavailable', async () => {
  const api = await world.startApi({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
  const answer = await ask(api.ports.ops)
  expect([answer.status, await answer.json()]).toEqual([503, { error: 'Redis is unavailable' }])
})
