import type { Verdict } from '@visage/shared/avatar/upload-record'
import { Uploads } from '@visage/shared/db/uploads'
import { fromJobData } from '@visage/shared/queue/upload-job'
import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { beforeAll, describe, expect, inject, it, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Events, eventsPath } from '../support/http/events.ts'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { createWorld, useWorld } from '../support/world/use-world.ts'

/** Heartbeat that never fires. */
const NEVER = { EVENT_STREAM_HEARTBEAT: '1h' }

const world = useWorld()
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 64, height: 64 })
})

/** Sends a PUT that waits for its outcome. Resolves once its upload is queued. */
async function waiting(api: Client, user: string, seconds = 30) {
  const reply = api.put(tokenOf(user), jpeg, { Prefer: `wait=${seconds}` })
  const job = await eventually('queued', 5000, async () => {
    const jobs = await world.queue.getWaiting()
    return jobs.find(({ data }) => fromJobData(data).userId === user)
  })
  return { reply, id: `${job.id}` }
}

/** Records an outcome like the sweep, which sends no event. */
async function endUnheard(id: string, verdict: Verdict): Promise<void> {
  const job = await world.queue.getJob(id)
  await new Uploads(world.db).recordVerdict(fromJobData(job?.data), verdict)
}

const REJECTED = { state: 'rejected', reason: 'unprocessable', msg: 'Not this one' } as const

describe.concurrent('a recorded outcome is answered as', () => {
  it.each([
    ['its error', REJECTED, { code: 40001, msg: 'Not this one' }],
    [
      'its error, for a format that is not accepted',
      { state: 'rejected', reason: 'unsupported_format', msg: 'Send JPEG' },
      { code: 40050, msg: 'Send JPEG' },
    ],
    ['a success, where a newer change won', { state: 'superseded' }, { code: 0, msg: '' }],
    [
      'a request to send the picture again, if it was lost',
      { state: 'failed' },
      { code: 50004, msg: expect.stringContaining('try again') },
    ],
  ] as const)('%s', async (_, verdict, envelope) => {
    const api = new Client(await world.startApi({ EVENT_STREAM_HEARTBEAT: '200ms' }))
    const { reply, id } = await waiting(api, someone())
    await endUnheard(id, verdict)
    const { json, headers } = await reply
    expect(json).toMatchObject(envelope)
    expect(headers.get('x-upload-id')).toBe(id)
    expect(headers.get('preference-applied')).toBe('wait=30')
  })
})

describe.concurrent('after the timeout', () => {
  test('a wait is answered as an accepted upload', async () => {
    const api = new Client(await world.startApi(NEVER))
    const { reply } = await waiting(api, someone(), 1)
    const { json, headers } = await reply
    expect(json).toEqual({ code: 0, msg: '' })
    expect(headers.get('preference-applied')).toBe('wait=1')
  })

  test('the current picture is shown', async () => {
    const api = new Client(await world.startApi(NEVER))
    const user = someone()
    await api.upload(user, jpeg)
    expect((await api.get(avatarPath(user, '?nocache=1'))).status).toBe(404)
  })
})

test.concurrent('the heartbeat finds an outcome without an event', async () => {
  const api = new Client(await world.startApi({ EVENT_STREAM_HEARTBEAT: '200ms' }))
  const user = someone()
  const { reply, id } = await waiting(api, user)
  const events = await Events.open(api, user, id)
  await events.text('\n\n:\n\n')
  await endUnheard(id, REJECTED)
  expect((await reply).json).toMatchObject({ code: 40001, msg: 'Not this one' })
  await events.over
  expect(events.received.at(-1)?.data).toMatchObject({ state: 'rejected', msg: 'Not this one' })
})

test.concurrent('an outcome recorded while Redis is unavailable is sent once it is back', async () => {
  const dir = temporaryFolder()
  const redis = await startRedis({ dir })
  const other = await createWorld({ ...inject('servers'), redis: { REDIS_URL: redis.url } })
  const api = new Client(await other.startApi(NEVER))
  const user = someone()
  const id = await api.upload(user, jpeg)
  const events = await Events.open(api, user, id)
  await events.next()
  const upload = fromJobData((await other.queue.getJob(id))?.data)
  redis.kill('SIGKILL')
  await redis.exited
  await new Uploads(other.db).recordVerdict(upload, { state: 'superseded' })
  const again = await startRedis({ dir, port: redis.port })
  try {
    await events.over
    expect(events.received.at(-1)?.data).toMatchObject({ upload_id: id, state: 'superseded' })
  } finally {
    await other.close()
    await again.stop()
    removeServersFolder(dir)
  }
})

test.concurrent('an API that stops answers the waiting requests, ends the streams and exits at once', async () => {
  const app = await world.startApiProcess({ ...NEVER, STOP_TIMEOUT: '20s' })
  const api = new Client(app)
  const user = someone()
  const { reply, id } = await waiting(api, user)
  const events = await Events.open(api, user, id)
  await events.next()
  const started = Date.now()
  app.kill('SIGTERM')
  expect((await reply).json).toEqual({ code: 0, msg: '' })
  await events.over
  expect(events.received.map(({ event }) => event)).toEqual(['queued'])
  expect(await app.exited).toEqual({ code: 0, signal: null })
  expect(Date.now() - started).toBeLessThan(15_000)
})

describe.concurrent('beyond MAX_OUTCOME_WAITERS', () => {
  const ONE = { ...NEVER, MAX_OUTCOME_WAITERS: '1' }

  test('a stream is refused, a PUT does not wait, and the current picture is shown', async () => {
    const api = new Client(await world.startApi(ONE))
    const user = someone()
    const id = await api.upload(user, jpeg)
    await using first = await Events.open(api, user, id)
    await first.next()
    const second = await api.get(eventsPath(id), { token: tokenOf(user) })
    expect([second.status, second.json.code]).toEqual([503, 503])
    expect(second.headers.get('retry-after')).toMatch(/^\d+$/)
    const put = await api.put(tokenOf(user), jpeg, { Prefer: 'wait=30' })
    expect(put.json).toEqual({ code: 0, msg: '' })
    expect(put.headers.get('preference-applied')).toBeNull()
    expect((await api.get(avatarPath(user, '?nocache=1'))).status).toBe(404)
  })

  test('a client that disconnects frees its place', async () => {
    const api = new Client(await world.startApi(ONE))
    const user = someone()
    const id = await api.upload(user, jpeg)
    const first = await Events.open(api, user, id)
    await first.next()
    await first[Symbol.asyncDispose]()
    const again = await eventually('room', 5000, () => Events.open(api, user, id))
    expect((await again.next()).event).toBe('queued')
    await again[Symbol.asyncDispose]()
  })
})

test.concurrent('picture requests take at most a quarter of the places', async () => {
  const api = new Client(await world.startApi({ ...NEVER, MAX_OUTCOME_WAITERS: '4' }))
  const user = someone()
  const id = await api.upload(user, jpeg)
  let shown = 0
  const look = async () => {
    await api.get(avatarPath(user, '?nocache=1'))
    shown++
  }
  const looks = [look(), look(), look(), look()]
  await eventually('all but one answered', 5000, async () => shown >= 3)
  const streams = await Promise.all([1, 2, 3].map(() => Events.open(api, user, id)))
  expect(shown).toBe(3)
  await Promise.all(looks)
  for (const stream of streams) await stream[Symbol.asyncDispose]()
})
