import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { AVATAR, avatarPath, type Call, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const HEADER = 'x-cr-correlation-id'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const world = useWorld()
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
})

it.each(['X-Cr-Correlation-Id', 'X-Correlation-Id'])('%s sets the correlation ID', async (name) => {
  const id = randomUUID()
  const { headers, json } = await api.get('/nowhere', { headers: { [name]: id } })
  expect(headers.get(HEADER)).toBe(id)
  expect(json.correlation_id).toBe(id)
})

it('X-Cr-Correlation-Id takes precedence over X-Correlation-Id', async () => {
  const id = randomUUID()
  const headers = { 'X-Correlation-Id': randomUUID(), 'X-Cr-Correlation-Id': id }
  expect((await api.get('/nowhere', { headers })).headers.get(HEADER)).toBe(id)
})

it.each([
  '',
  'seven',
  '12345678-1234-1234-1234-12345678901',
  '3f1b0c6e-5a0d-4c53-9c1e-0a4d5f6b7c8d x',
  '{}',
  'a'.repeat(36),
])('a new id stands in for "%s"', async (given) => {
  const { headers, json } = await api.get('/nowhere', { headers: { [HEADER]: given } })
  expect(headers.get(HEADER)).toMatch(UUID)
  expect(json.correlation_id).toBe(headers.get(HEADER))
  expect(json.correlation_id).not.toBe(given)
})

it('every generated ID is different', async () => {
  const asked = await Promise.all([1, 2, 3].map(() => api.get('/nowhere')))
  expect(new Set(asked.map(({ json }) => json.correlation_id)).size).toBe(3)
})

describe('every answer has the correlation ID', () => {
  const token = tokenOf('somebody')
  const asked: [method: string, path: string, status: number, call: Call][] = [
    ['PUT', AVATAR, 200, { token, body: Buffer.alloc(0) }],
    ['PUT', AVATAR, 200, {}],
    ['GET', AVATAR, 200, { token }],
    ['GET', `${AVATAR}/uploads/none`, 200, { token }],
    ['GET', avatarPath('nobody'), 404, {}],
    ['HEAD', avatarPath('nobody'), 404, {}],
    ['GET', avatarPath('nobody', '?size=-1'), 400, {}],
    ['GET', `${avatarPath('nobody')}/none/512.webp`, 404, {}],
    ['DELETE', AVATAR, 200, {}],
    ['POST', AVATAR, 405, {}],
    ['GET', '/nowhere', 404, {}],
  ]
  it.each(asked)('%s %s: %i', async (method, path, status, call) => {
    const id = randomUUID()
    const reply = await api.ask(method, path, { ...call, headers: { [HEADER]: id } })
    expect(reply.status).toBe(status)
    expect(reply.headers.get(HEADER)).toBe(id)
    if (reply.json?.code > 0) expect(reply.json.correlation_id).toBe(id)
  })
})

it('the raw object, the job and the receipt have the correlation ID', async () => {
  const [user, correlation] = [someone(), randomUUID()]
  const reply = await api.put(tokenOf(user), jpeg, { [HEADER]: correlation })
  const id = reply.headers.get('x-upload-id') ?? ''
  const raw = await world.store.stat(asObjectKey(`raw/${id}`))
  expect(raw?.metadata['correlation-id']).toBe(correlation)
  expect((await world.queue.getJob(id))?.data.correlation_id).toBe(correlation)
  expect(await api.receipt(user, id)).toMatchObject({
    state: 'queued',
    correlation_id: correlation,
  })

  await world.startWorker()
  expect(await world.outcome(id)).toBe('ready')
  expect(await api.receipt(user, id)).toMatchObject({ state: 'ready', correlation_id: correlation })
  expect((await world.db('uploads').where('upload_id', id).first()).correlation_id).toBe(
    correlation,
  )
})
