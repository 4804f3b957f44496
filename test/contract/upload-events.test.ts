import { beforeAll, expect, it } from 'vitest'
import { Events, eventsPath } from '../support/http/events.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { usePausedWorker } from '../support/world/paused-work.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const { work } = usePausedWorker(world)
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  // Long heartbeat, so that states arrive only by events.
  api = new Client(await world.startApi({ EVENT_STREAM_HEARTBEAT: '1h' }))
  jpeg = await photo({ width: 64, height: 64 })
})

const truncated = () => jpeg.subarray(0, 300)

it('the stream reports an upload from its queue position to its outcome and then ends', async () => {
  const [first, second] = [someone(), someone()]
  await api.upload(first, jpeg)
  const id = await api.upload(second, jpeg)
  const events = await Events.open(api, second, id)
  expect(await events.next()).toEqual({
    event: 'queued',
    id: 'queued-2',
    data: { upload_id: id, state: 'queued', position: 2 },
  })
  await work(id)
  await events.over
  const [processing, end] = events.received.filter(({ event }) => event !== 'queued')
  expect(processing).toMatchObject({ event: 'processing', id: 'processing' })
  expect(processing?.data).toMatchObject({ upload_id: id, state: 'processing', finished_at: null })
  const receipt = await api.receipt(second, id)
  expect(end).toEqual({ event: 'ready', id: 'ready', data: receipt })
  expect(events.received.at(-1)).toBe(end)
})

it('the stream reports each change of the queue position', async () => {
  const user = someone()
  const before = await Promise.all([1, 2, 3].map(() => api.upload(someone(), jpeg)))
  const id = await api.upload(user, jpeg)
  await using events = await Events.open(api, user, id)
  expect((await events.next()).data.position).toBe(4)
  for (const one of before.slice(0, 2)) await world.queue.remove(one)
  let position = 4
  while (position > 2) {
    const { event, data } = await events.next()
    expect(event).toBe('queued')
    expect(data.position).toBeLessThan(position)
    position = data.position
  }
  for (const one of [before[2] ?? '', id]) await world.queue.remove(one)
})

it('a stream of a finished upload sends its outcome and reason at once', async () => {
  const user = someone()
  const id = await api.upload(user, truncated())
  expect(await work(id)).toEqual(['rejected'])
  const events = await Events.open(api, user, id)
  await events.over
  const data = await api.receipt(user, id)
  expect(data).toMatchObject({ state: 'rejected', msg: expect.stringMatching(/./) })
  expect(events.received).toEqual([{ event: 'rejected', id: 'rejected', data }])
  expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(events.headers.get('cache-control')).toBe('no-store')
  expect(events.headers.get('x-accel-buffering')).toBe('no')
  expect(events.headers.get('content-encoding')).toBeNull()
})

it('a reconnected client repeats and misses no event, and gets 204 after the outcome', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  const first = await Events.open(api, user, id)
  const { id: last } = await first.next()
  await first[Symbol.asyncDispose]()
  const again = await Events.open(api, user, id, { 'Last-Event-ID': last })
  await work(id)
  await again.over
  expect(again.received.map((event) => event.id)).toEqual(['processing', 'ready'])
  const late = await Events.open(api, user, id, { 'Last-Event-ID': 'processing' })
  await late.over
  expect(late.received.map((event) => event.id)).toEqual(['ready'])
  const headers = { 'Last-Event-ID': 'ready' }
  const over = await api.get(eventsPath(id), { token: tokenOf(user), headers })
  expect(over.status).toBe(204)
})

it('an invalid Last-Event-ID is ignored', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  await using events = await Events.open(api, user, id, { 'Last-Event-ID': 'ready; drop table' })
  expect((await events.next()).event).toBe('queued')
  await world.queue.remove(id)
})

it.each([
  ['of another user', async () => api.upload(someone(), jpeg)],
  ['with an unknown ID', async () => '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'],
  ['with an invalid ID', async () => 'x'],
])('an upload %s answers 404', async (_, idOf) => {
  const reply = await api.get(eventsPath(await idOf()), { token: tokenOf(someone()) })
  expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
})

it('a request without a token gets no event', async () => {
  const id = await api.upload(someone(), jpeg)
  expect((await api.get(eventsPath(id))).json.code).toBe(401)
})

it('HEAD answers without opening a stream', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  const headers = { Authorization: `Bearer ${tokenOf(user)}` }
  const url = `http://127.0.0.1:${api.port}${eventsPath(id)}`
  const reply = await fetch(url, { method: 'HEAD', headers })
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/)
})
