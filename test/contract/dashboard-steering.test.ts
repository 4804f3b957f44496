import { createRequire } from 'node:module'
import type { AppControllerRoute } from '@bull-board/api/typings/app'
import { queueViews } from '@visage/shared/queue/queue-views'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { requiredAccess } from '../../apps/api/src/ops/board/routes.ts'
import { Client, someone } from '../support/http/http.ts'
import { askOps, SAME_ORIGIN } from '../support/http/ops-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

interface Routes {
  readonly appRoutes: { readonly api: readonly AppControllerRoute[] }
}

interface Queue {
  readonly name: string
  readonly readOnlyMode: boolean
}

const fromApi = createRequire(new URL('../../apps/api/package.json', import.meta.url))
const { appRoutes } = fromApi('@bull-board/api/dist/routes.js') as Routes
const everyRoute = appRoutes.api.flatMap(({ method, route }) =>
  [method].flat().flatMap((one) => [route].flat().map((path) => ({ method: one, path }))),
)
const changing = everyRoute.filter(({ method }) => method !== 'get')

const PAUSE = '/queues/api/queues/uploads/pause'

const world = useWorld()
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 96, height: 64 })
})
afterEach(() => world.queue.resume())

/** Path of the job of an upload. */
const addressOf = (path: string, id: string) =>
  `/queues${path.replace(':queueName', 'uploads').replace(':jobId', id)}`
    .replace(':queueStatus', 'wait')
    .replace(':schedulerId', 'sweep')

/** Returns the state of the job and of the queue. */
const stateOf = async (id: string) => ({
  job: await world.redis.hgetall(`${world.prefix}:uploads:${id}`),
  counts: await world.queue.getJobCounts(),
  settings: await world.queue.getMeta(),
})

const put = (port: number, path: string, headers = {}, json: unknown = {}) =>
  askOps(port, path, { method: 'PUT', headers, json })

describe('read-only, the default without OPS_WRITE=true', () => {
  let port: number
  let id: string

  beforeAll(async () => {
    const app = await world.startApi()
    port = app.ports.ops
    id = await new Client(app).upload(someone(), jpeg)
  })

  it('bull-board has routes that change state, and others', () => {
    expect(changing.length).toBeGreaterThan(15)
    expect(everyRoute.length).toBeGreaterThan(changing.length)
  })

  it.each(changing)('$method $path is refused and changes nothing', async ({ method, path }) => {
    const before = await stateOf(id)
    const answer = await askOps(port, addressOf(path, id), {
      method: method.toUpperCase(),
      headers: SAME_ORIGIN,
      json: {},
    })
    expect(answer.status).toBe(405)
    expect(answer.json).toEqual({
      error: { key: 'ERRORS.QUEUE_READ_ONLY' },
      message: 'The queues are read-only. Set OPS_WRITE=true to allow changes.',
    })
    expect(await stateOf(id)).toEqual(before)
  })

  it('every queue is marked as read-only', async () => {
    const { json } = await askOps(port, '/queues/api/queues')
    const listed = json.queues.map(({ name, readOnlyMode }: Queue) => [name, readOnlyMode])
    expect(listed).toEqual(Object.keys(queueViews).map((name) => [name, true]))
  })
})

describe('with OPS_WRITE=true', () => {
  let port: number
  let api: Client

  beforeAll(async () => {
    const app = await world.startApi({ OPS_WRITE: 'true' })
    port = app.ports.ops
    api = new Client(app)
  })

  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site that says it is this host', { 'Sec-Fetch-Site': 'cross-site', Origin: 'HOST' }],
    ['nowhere', {}],
    ['an origin that is none', { Origin: 'null' }],
    ['another origin', { Origin: 'https://evil.example' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
  ])('what comes from %s is refused', async (_, headers: Record<string, string>) => {
    const origin = headers.Origin?.replace('HOST', `http://127.0.0.1:${port}`)
    const answer = await put(port, PAUSE, { ...headers, ...(origin && { Origin: origin }) })
    expect(answer.status).toBe(403)
    expect(answer.json.message).toContain('Sec-Fetch-Site')
    expect(await world.queue.isPaused()).toBe(false)
  })

  it.each([
    ['its own page', { 'Sec-Fetch-Site': 'same-origin' }],
    ['its own page in an older browser', { Origin: 'HOST' }],
  ])('what comes from %s holds the queue, and releases it', async (_, given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        value.replace('HOST', `http://127.0.0.1:${port}`),
      ]),
    )
    expect((await put(port, PAUSE, headers)).status).toBe(200)
    expect(await world.queue.isPaused()).toBe(true)
    expect((await put(port, PAUSE.replace('pause', 'resume'), headers)).status).toBe(200)
    expect(await world.queue.isPaused()).toBe(false)
  })

  const notOffered = changing.filter(({ method, path }) => !requiredAccess(method, path))

  it.each(notOffered)('$method $path is not offered', async ({ method, path }) => {
    const id = await api.upload(someone(), jpeg)
    const before = await stateOf(id)
    const answer = await askOps(port, addressOf(path, id), {
      method: method.toUpperCase(),
      headers: SAME_ORIGIN,
      json: { name: 'render', data: {}, options: {}, jobData: {}, force: true },
    })
    expect(answer.status).toBe(403)
    expect(answer.json.message).toContain('docs/operations.md')
    expect(await stateOf(id)).toEqual(before)
  })

  it('the dashboard has no route that adds, changes or discards jobs of a queue', () => {
    const paths = notOffered.map(({ path }) => path.replace('/api/queues/:queueName/', ''))
    expect(paths).toEqual(
      expect.arrayContaining(['add', ':jobId/update-data', 'empty', 'obliterate']),
    )
  })

  it('a body that is not JSON or is too large is refused', async () => {
    const path = '/queues/api/queues/uploads/concurrency'
    const large = await put(port, path, SAME_ORIGIN, 'x'.repeat(70_000))
    expect([large.status, large.json.message]).toEqual([400, expect.stringContaining('64 KiB')])
  })

  it('the sweep requeues an upload whose job was removed, and it becomes ready', async () => {
    const id = await api.upload(someone(), jpeg)
    const removed = await put(port, `/queues/api/queues/uploads/${id}/clean`, SAME_ORIGIN)
    expect(removed.status).toBe(204)
    expect(await world.queue.getJobState(id)).toBe('unknown')
    const added = new Promise<void>((resolve) => {
      world.events.on('added', ({ jobId }) => jobId === id && resolve())
    })
    const worker = await world.startWorker({ SWEEP_AFTER: '1ms', SWEEP_EVERY: '200ms' })
    await added
    expect(await world.outcome(id)).toBe('ready')
    await worker.stop()
  })
})
