import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { type Delivery, Receiver } from '../support/http/receiver.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysInRedis } from '../support/servers/redis/keys.ts'
import { recordLog } from '../support/world/app-log.ts'
import { receiptRow } from '../support/world/state.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

const log = recordLog('webhook')

let world: World
let receiver: Receiver
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  world = await createWorld()
  receiver = await Receiver.start()
  const [app] = await Promise.all([world.startApi(receiver.env), world.startWorker(receiver.env)])
  api = new Client(app)
  jpeg = await photo({ width: 96, height: 64 })
})
afterAll(async () => {
  await world.close()
  await receiver.stop()
})

const reset = (user: string) => api.put(tokenOf(user, { email: `${user}@secret.example` }))
const remove = (user: string) => api.ask('DELETE', AVATAR, { token: tokenOf(user) })

/** Waits until no announcement is pending. */
const waitForDeliveries = () =>
  eventually('the outbox is empty', 10_000, async () => {
    const row = await world.db('announcements').first()
    return row === undefined
  })

const delivered = () => receiver.deliveries.map((delivery) => delivery.event().data)

const changes: Record<string, (user: string) => Promise<unknown>> = {
  upload: (user) => api.upload(user, jpeg),
  gravatar: reset,
  none: remove,
}

test.each(Object.entries(changes))(
  'a change to %s is delivered once, signed',
  async (source, change) => {
    const user = someone()
    await change(user)
    const [delivery] = await receiver.of(user)
    const { revision, updated_at } = await api.settings(user)
    expect(delivery.event()).toEqual({
      type: 'avatar.changed',
      timestamp: updated_at,
      data: { user_id: user, revision: revision ?? expect.any(String), source },
    })
    expect(delivery.method).toBe('POST')
    expect(delivery.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': delivery.event().data.revision,
      'user-agent': 'visage',
    })
    await waitForDeliveries()
    expect(delivered().filter(({ user_id }) => user_id === user)).toHaveLength(1)
  },
)

test('a delivery has the upload ID that its client got', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  const [delivery] = await receiver.of(user)
  expect(delivery.event().data.revision).toBe(id)
})

test('the delivery IDs of a user sort in the order of the changes', async () => {
  const user = someone()
  for (const change of [reset, remove, reset, remove]) await change(user)
  const all: Delivery[] = await receiver.of(user, 4)
  const events = all.map((delivery) => delivery.event().data)
  events.sort((a, b) => (a.revision < b.revision ? -1 : 1))
  expect(events.map(({ source }) => source)).toEqual(['gravatar', 'none', 'gravatar', 'none'])
})

test('a rejected picture has no delivery', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg.subarray(0, jpeg.length / 2))
  expect(await world.outcome(id)).toBe('rejected')
  await waitForDeliveries()
  expect(delivered().filter(({ user_id }) => user_id === user)).toEqual([])
})

test('a superseded upload has no delivery', async () => {
  const other = await createWorld()
  const app = await other.startApi(receiver.env)
  const client = new Client(app)
  const user = `overtaken-${randomBytes(4).toString('hex')}`
  const id = await client.upload(user, jpeg)
  await client.ask('DELETE', AVATAR, { token: tokenOf(user) })
  await other.startWorker(receiver.env)
  expect(await other.outcome(id)).toBe('superseded')
  await receiver.of(user)
  expect(await other.db('announcements').where('revision', id)).toEqual([])
  expect((await receiptRow(other, id)).state).toBe('superseded')
  const mine = delivered().filter(({ user_id }) => user_id === user)
  expect(mine).toMatchObject([{ source: 'none' }])
  await other.close()
})

test('without WEBHOOK_URL no announcement is stored or delivered', async () => {
  const quiet = await createWorld()
  const [app] = await Promise.all([quiet.startApi(), quiet.startWorker()])
  const client = new Client(app)
  const id = await client.upload('quiet', jpeg)
  expect(await quiet.outcome(id)).toBe('ready')
  await client.put(tokenOf('quiet'))
  await client.ask('DELETE', AVATAR, { token: tokenOf('quiet') })
  expect(await quiet.db('announcements')).toEqual([])
  expect(await keysInRedis(quiet, ':announcements:*')).toEqual([])
  await quiet.close()
})

test('Redis, logs and deliveries contain no email, email hash, token or secret', async () => {
  const user = someone()
  await reset(user)
  const [{ body, headers }] = await receiver.of(user)
  const { email_hash } = await world.db('avatars').where('user_id', user).first()
  await log.line({ msg: 'Processed announcement', outcome: 'delivered' })
  const secret = receiver.secret.replace('whsec_', '')
  for (const text of [body, JSON.stringify(headers), log.text()])
    for (const hidden of [email_hash, 'secret.example', 'eyJ', secret, '/hooks'])
      expect(text).not.toContain(hidden)
})
