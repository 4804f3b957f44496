import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { revisionAt } from '../support/domain/uploads.ts'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { newSecret } from '../support/http/receiver.ts'
import { createWorld } from '../support/world/use-world.ts'

const document = readFileSync(new URL('../../docs/webhook.md', import.meta.url), 'utf8')
const secret = newSecret()

type Changed = (user: string, source: string) => void

let server: Server
let url: string
let changed: Changed

beforeAll(async () => {
  const [, block = ''] = /```js\n([\s\S]*?)```/.exec(document) ?? []
  const module = `data:text/javascript;base64,${Buffer.from(block).toString('base64')}`
  const { createReceiver } = await import(/* @vite-ignore */ module)
  const deliver: Changed = (user, source) => changed(user, source)
  server = createReceiver(secret, new Map<string, string>(), deliver)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

test('the receiver in the document accepts the deliveries of workers', async () => {
  const world = await createWorld()
  const env = { WEBHOOK_URL: url, WEBHOOK_SECRET: `${newSecret()},${secret}` }
  const [app] = await Promise.all([
    world.startApi(env),
    world.startWorker({ ...env, WEBHOOK_ALLOW_PRIVATE: 'true' }),
  ])
  const user = someone()
  const delivered = new Promise((resolve) => {
    changed = (...args) => resolve(args)
  })
  await new Client(app).ask('DELETE', AVATAR, { token: tokenOf(user) })
  expect(await delivered).toEqual([user, 'none'])
  await world.close()
})

let calls: unknown[][]
beforeEach(() => {
  calls = []
  changed = (...args) => calls.push(args)
})

/** Sends a delivery. @returns the status */
async function send(user: string, revision: string, by = secret, age = 0): Promise<number> {
  const data = { user_id: user, revision, source: 'upload' }
  const body = JSON.stringify({ type: 'avatar.changed', timestamp: new Date(), data })
  const time = new Date(Date.now() - age)
  const headers = {
    'webhook-id': revision,
    'webhook-timestamp': `${Math.floor(time.getTime() / 1000)}`,
    'webhook-signature': new Webhook(by).sign(revision, time, body),
  }
  return (await fetch(url, { method: 'POST', headers, body })).status
}

test('it ignores repeated and older deliveries', async () => {
  const user = someone()
  const [older, newer] = [revisionAt(1), revisionAt(2)]
  for (const revision of [newer, newer, older]) expect(await send(user, revision)).toBe(204)
  expect(calls).toEqual([[user, 'upload']])
})

test('it refuses deliveries with a wrong signature or an old timestamp', async () => {
  expect(await send(someone(), revisionAt(1), newSecret())).toBe(401)
  expect(await send(someone(), revisionAt(1), secret, 301_000)).toBe(401)
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
  expect(calls).toEqual([])
})
