import { RawObjects } from '@visage/shared/storage/raw-objects'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { uploadAt } from '../support/domain/uploads.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { type SentSpan, SpanCollector } from '../support/http/span-collector.ts'
import { tracingTo } from '../support/http/tracing.ts'
import { photo } from '../support/pictures/photo.ts'
import { TcpProxy } from '../support/servers/tcp-proxy.ts'
import { createWorld, type Environment, type World } from '../support/world/use-world.ts'

let collector: SpanCollector
let world: World
let proxy: TcpProxy
let throughProxy: Environment
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 64, height: 64 })
})
beforeEach(async () => {
  ;[collector, world] = await Promise.all([SpanCollector.open(), createWorld()])
  proxy = await TcpProxy.open(Number(new URL(`${world.env.S3_ENDPOINT}`).port))
  throughProxy = { S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` }
})
afterEach(async () => {
  await world.close()
  await proxy.close()
  await collector.close()
})

const isJob = ({ kind }: SentSpan) => kind === 'consumer'

test('a failed attempt records its error, and the next one is in the same trace', async () => {
  const api = new Client(await world.startApiProcess(tracingTo(collector, 'api')))
  proxy.reset()
  await world.startWorkerProcess({ ...tracingTo(collector, 'worker'), ...throughProxy })
  await api.upload(someone(), jpeg)
  const first = await collector.span(isJob)
  await proxy.pass()
  const last = await collector.span((span) => isJob(span) && span.attributes.outcome === 'ready')
  expect(first).toMatchObject({ failed: true, exceptions: [expect.stringContaining('ECONNRESET')] })
  expect(last).toMatchObject({ trace: first.trace, failed: false, exceptions: [] })
  const [fetched] = collector.spans.filter(({ parent }) => parent === first.id)
  expect(
    collector.spans.filter(({ parent, failed }) => parent === first.id && failed),
  ).toMatchObject([{ name: 'fetch', exceptions: first.exceptions }])
  expect(fetched?.name).toBe('begin')
})

test('a request with a server error records it', async () => {
  proxy.reset()
  const env = { ...tracingTo(collector, 'api'), ...throughProxy }
  const api = new Client(await world.startApiProcess(env))
  expect((await api.put(tokenOf(someone()), jpeg)).json.code).toBe(50004)
  const request = await collector.span(({ kind }) => kind === 'server')
  const [store] = collector.spans.filter(({ name }) => name === 'store')
  expect(request).toMatchObject({ failed: true, attributes: { code: 50004 } })
  expect(store).toMatchObject({ parent: request.id, failed: true, exceptions: request.exceptions })
})

test('an upload that the sweep requeues has a trace of its own', async () => {
  const upload = uploadAt(Date.now() - 60_000)
  await new RawObjects(world.store).put(upload, jpeg)
  await world.startWorkerProcess({
    ...tracingTo(collector, 'worker'),
    SWEEP_AFTER: '1s',
    SWEEP_EVERY: '200ms',
  })
  const job = await collector.span(isJob)
  const [above] = collector.spans.filter(({ id }) => id === job.parent)
  expect(job.attributes).toMatchObject({ upload_id: upload.id, outcome: 'ready' })
  expect(above).toMatchObject({ service: 'worker', kind: 'producer', parent: '' })
})

test('the last spans before a stop are sent', async () => {
  const env = { ...tracingTo(collector, 'api'), OTEL_BSP_SCHEDULE_DELAY: '3600000' }
  const app = await world.startApiProcess(env)
  await new Client(app).upload(someone(), jpeg)
  expect(collector.spans).toEqual([])
  await app.stop()
  expect(collector.spans.map(({ name }) => name)).toContain('PUT /user/setting/avatar')
})

test('a stop does not wait for an unavailable collector', async () => {
  const unavailable = await SpanCollector.open()
  const app = await world.startApiProcess(tracingTo(unavailable, 'api'))
  await unavailable.close()
  await new Client(app).upload(someone(), jpeg)
  app.kill('SIGTERM')
  expect(await app.exited).toEqual({ code: 0, signal: null })
})
