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
  // So long that whatever comes, comes by events.
  api = new Client(await world.startApi({ EVENT_STREAM_HEARTBEAT: '1h' }))
  jpeg = await photo({ width: 64, height: 64 })
})

const truncated = () => jpeg.subarray(0, 300)

it('an upload is followed from its place in line to the end, and the stream ends with it', async () => {
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
  const [processing, end] = events.told.filter(({ event }) => event !== 'queued')
  expect(processing).toMatchObject({ event: 'processing', id: 'processing' })
  expect(processing?.data).toMatchObject({ upload_id: id, state: 'processing', finished_at: null })
  const receipt = await api.receipt(second, id)
  expect(end).toEqual({ event: 'ready', id: 'ready', data: receipt })
  expect(events.told.at(-1)).toBe(end)
})

it('the place in line is told again as it changes', async () => {
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

it('a new listener of an ended upload is told the end at once, with what was wrong', async () => {
  const user = someone()
  const id = await api.upload(user, truncated())
  expect(await work(id)).toEqual(['rejected'])
  const events = await Events.open(api, user, id)
  await events.over
  const data = await api.receipt(user, id)
  expect(data).toMatchObject({ state: 'rejected', msg: expect.stringMatching(/./) })
  expect(events.told).toEqual([{ event: 'rejected', id: 'rejected', data }])
  expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(events.headers.get('cache-control')).toBe('no-store')
  expect(events.headers.get('x-accel-buffering')).toBe('no')
  expect(events.headers.get('content-encoding')).toBeNull()
})

it('who comes back is told nothing twice, misses nothing, and after the end is sent away', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  const first = await Events.open(api, user, id)
  const { id: last } = await first.next()
  await first[Symbol.asyncDispose]()
  const again = await Events.open(api, user, id, { 'Last-Event-ID': last })
  await work(id)
  await again.over
  expect(again.told.map((event) => event.id)).toEqual(['processing', 'ready'])
  const late = await Events.open(api, user, id, { 'Last-Event-ID': 'processing' })
  await late.over
  expect(late.told.map((event) => event.id)).toEqual(['ready'])
  const headers = { 'Last-Event-ID': 'ready' }
  const over = await api.get(eventsPath(id), { token: tokenOf(user), headers })
  expect(over.status).toBe(204)
})

it('an id that is not ours is as good as none', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  await using events = await Events.open(api, user, id, { 'Last-Event-ID': 'ready; drop table' })
  expect((await events.next()).event).toBe('queued')
  await world.queue.remove(id)
})

it.each([
  ['of another user', async () => api.upload(someone(), jpeg)],
  ['that nobody sent', async () => '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'],
  ['whose name is none', async () => 'x'],
])('an upload %s is not found', async (_, idOf) => {
  const reply = await api.get(eventsPath(await idOf()), { token: tokenOf(someone()) })
  expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
})

it('without a token nothing is told', async () => {
  const id = await api.upload(someone(), jpeg)
  expect((await api.get(eventsPath(id))).json.code).toBe(401)
})

it('HEAD is answered, and holds no stream', async () => {
  const user = someone()
  const id = await api.upload(user, jpeg)
  const headers = { Authorization: `Bearer ${tokenOf(user)}` }
  const url = `http://127.0.0.1:${api.port}${eventsPath(id)}`
  const reply = await fetch(url, { method: 'HEAD', headers })
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/)
})
