import { toJobData, UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UnrecoverableError, Worker } from 'bullmq'
import { beforeAll, expect, it } from 'vitest'
import { uploadAt } from '../support/domain/uploads.ts'
import { Client, tokenOf } from '../support/http/http.ts'
import { askOps } from '../support/http/ops-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'
/** Folder of the project. */
const FOLDER = new URL('../../', import.meta.url).pathname
const SECRETS = ['alice@example.org', JWT, 'hunter2', FOLDER, 'file://']

const world = useWorld()
let api: Client
let port: number
let jpeg: Buffer

beforeAll(async () => {
  const app = await world.startApi()
  api = new Client(app)
  port = app.ports.ops
  jpeg = await photo({ width: 96, height: 64 })
})

const shown = async (path: string) =>
  (await askOps(port, `/queues/api/queues${path}`)).body.toString()

it('an upload is shown with its ID, its name and the data of its job', async () => {
  const reply = await api.put(tokenOf('alice', { email: 'alice@example.org' }), jpeg)
  const id = reply.headers.get('x-upload-id') ?? ''
  const correlation = reply.headers.get('x-cr-correlation-id')
  const { job, status } = JSON.parse(await shown(`/uploads/${id}`))
  expect(status).toBe('waiting')
  expect(job).toMatchObject({ id, name: `render · alice · ${correlation}` })
  expect(job.data).toEqual({
    upload_id: id,
    user_id: 'alice',
    correlation_id: correlation,
    format: 'jpeg',
    bytes: jpeg.length,
    framing: 'centre',
  })
})

it('other data of a job and secrets in its failure are hidden', async () => {
  const upload = uploadAt(Date.now())
  const data = { ...toJobData(upload), email: 'alice@example.org', token: JWT }
  const job = await world.queue.add('render', data, { jobId: upload.id, lifo: true })
  await job.log(`asked redis://:hunter2@cache:6379 for alice@example.org`)
  await fail(`${JWT} of alice@example.org, redis://:hunter2@cache:6379`)
  const views = [
    `/uploads/${upload.id}`,
    `/uploads/${upload.id}/logs`,
    '?activeQueue=uploads&status=failed&page=1&jobsPerPage=10',
  ]
  for (const view of views) {
    const text = await shown(view)
    expect(text).toContain('cache:6379')
    for (const secret of SECRETS) expect(text).not.toContain(secret)
  }
})

/** Takes the next job and fails it permanently. */
async function fail(why: string): Promise<void> {
  const connection = world.connectRedis()
  const worker = new Worker(UPLOAD_QUEUE, null, { connection, prefix: world.prefix })
  const job = await worker.getNextJob('token', { block: false })
  await job?.moveToFailed(new UnrecoverableError(why), 'token', false)
  await worker.close()
  connection.disconnect()
}

it('pages have no inline script, no external request, and cannot be framed', async () => {
  for (const path of ['/queues', '/queues/queue/uploads', '/queues/find']) {
    const { status, headers, body } = await askOps(port, path)
    expect(status).toBe(200)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(body.toString()).not.toMatch(/<style|\sstyle=|\son\w+=|https?:|<%/)
  }
})

it('no request path reads a file outside the dashboard', async () => {
  for (const path of [
    '../index.ejs',
    '..%2findex.ejs',
    '%2e%2e/package.json',
    '',
    'js',
    'nothing.js',
  ])
    expect([path, (await askOps(port, `/queues/static/${path}`)).status]).toEqual([path, 404])
})

it.each(['/queues/nothing', '/queues/api/nothing', '/queues/api/queues/nothing/1', '/queuesque'])(
  '%s answers 404',
  async (path) => {
    expect((await askOps(port, path)).status).toBe(404)
  },
)
