import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { type SentSpan, SpanCollector, treeOf } from '../support/http/span-collector.ts'
import { tracingTo } from '../support/http/tracing.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

const log = recordLog('apps')
let collector: SpanCollector
let world: World
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  ;[collector, world] = await Promise.all([SpanCollector.open(), createWorld()])
  api = new Client(await world.startApiProcess(tracingTo(collector, 'api')))
  await world.startWorkerProcess(tracingTo(collector, 'worker'))
  jpeg = await photo({ width: 64, height: 64 })
})
afterAll(async () => {
  await world.close()
  await collector.close()
})

const isProcessing = (id: string) => (span: SentSpan) =>
  span.kind === 'consumer' && span.attributes.upload_id === id

/** Returns all spans of the trace of an upload after its job. The span of the job ends last. */
async function traceOf(id: string): Promise<SentSpan[]> {
  const job = await collector.span(isProcessing(id))
  await collector.span(({ trace, kind }) => trace === job.trace && kind === 'server')
  return collector.traceOf(job)
}

test('request, queue, job and steps are one trace with the caller as parent', async () => {
  const id = await api.upload(someone(), jpeg)
  expect(treeOf(await traceOf(id))).toEqual([
    'api: PUT /user/setting/avatar',
    '  api: add uploads.render',
    '    worker: process uploads',
    '      worker: begin',
    '      worker: commit',
    '      worker: complete uploads',
    '      worker: fetch',
    '      worker: publish',
    '      worker: publish',
    '      worker: remove',
    '      worker: render',
    '  api: store',
  ])
})

test('request and job have the upload ID and the correlation ID, and no span has the user ID', async () => {
  const [user, correlation] = [randomUUID(), randomUUID()]
  const token = tokenOf(user, { email: 'ada@example.org' })
  const reply = await api.put(token, jpeg, { 'X-Cr-Correlation-Id': correlation })
  const id = `${reply.headers.get('x-upload-id')}`
  const spans = await traceOf(id)
  const named = spans.filter(({ attributes }) => attributes.correlation_id === correlation)
  expect(named.map(({ kind, attributes }) => [kind, attributes.upload_id]).sort()).toEqual([
    ['consumer', id],
    ['server', id],
  ])
  const text = JSON.stringify(spans)
  for (const secret of [user, token, 'example.org']) expect(text).not.toContain(secret)
})

test('log lines have the trace ID', async () => {
  const id = await api.upload(someone(), jpeg)
  const [span] = await traceOf(id)
  const lines = [
    await log.line({ msg: 'Handled request', upload_id: id }),
    await log.line({ msg: 'Finished job', upload_id: id }),
  ]
  for (const line of lines) expect(line.trace_id).toBe(span?.trace)
})

test('a rejected picture is marked as rejected, not as an error', async () => {
  const broken = (await photo({ width: 300, height: 300 })).subarray(0, 2000)
  const id = await api.upload(someone(), broken)
  const spans = await traceOf(id)
  const attributesOf = (name: string) => spans.find((span) => span.name === name)?.attributes
  expect(attributesOf('process uploads')).toMatchObject({ outcome: 'rejected' })
  expect(attributesOf('render')).toMatchObject({ rejected: 'truncated' })
  expect(spans.filter(({ failed, exceptions }) => failed || exceptions.length > 0)).toEqual([])
})

test('an invalid request is marked with its code, not as an error', async () => {
  const { headers } = await api.put('no-token', jpeg)
  const id = headers.get('x-cr-correlation-id')
  const span = await collector.span(({ attributes }) => attributes.correlation_id === id)
  expect(span).toMatchObject({
    name: 'PUT /user/setting/avatar',
    attributes: { code: 401, 'http.response.status_code': 200 },
    failed: false,
    exceptions: [],
  })
})

test('an untrusted client does not choose the trace', async () => {
  const trace = randomUUID().replaceAll('-', '')
  const traceparent = `00-${trace}-00f067aa0ba902b7-01`
  const { headers } = await api.put(tokenOf(someone()), jpeg, { traceparent })
  const root = (await traceOf(`${headers.get('x-upload-id')}`)).find(
    ({ kind }) => kind === 'server',
  )
  expect(root?.parent).toBe('')
  expect(root?.trace).not.toBe(trace)
})

test('a trusted proxy does', async () => {
  const env = { ...tracingTo(collector, 'api'), TRUSTED_PROXIES: '127.0.0.1' }
  const behind = new Client(await world.startApiProcess(env))
  const trace = randomUUID().replaceAll('-', '')
  const traceparent = `00-${trace}-00f067aa0ba902b7-01`
  const { headers } = await behind.put(tokenOf(someone()), jpeg, { traceparent })
  const spans = await traceOf(`${headers.get('x-upload-id')}`)
  const root = spans.find(({ kind }) => kind === 'server')
  expect(root).toMatchObject({ trace, parent: '00f067aa0ba902b7' })
})

test('an idle BullMQ creates no traces', async () => {
  await traceOf(await api.upload(someone(), jpeg))
  const above = new Set(collector.spans.map(({ id }) => id))
  const roots = collector.spans.filter(({ parent }) => !above.has(parent))
  expect(roots.filter(({ kind }) => kind !== 'server')).toEqual([])
})
