import { variantKey } from '@visage/shared/avatar/keys'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asObjectKey, asRevision, asUserId } from '../support/domain/brands.ts'
import { avatarPath, Client, someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { StoreGate } from '../support/servers/store-gate.ts'
import { useWorld } from '../support/world/use-world.ts'

const BASE = 'https://cdn.example.org/faces'

const world = useWorld()
let gate: StoreGate
let api: Client
let user: string
let revision: string

beforeAll(async () => {
  gate = await StoreGate.open(`${world.env.S3_ENDPOINT}`)
  const env = { PUBLIC_BASE_URL: BASE, S3_ENDPOINT: gate.endpoint }
  api = new Client(await world.startApi(env))
  await world.startWorker()
  user = someone()
  revision = await api.upload(user, await photo({ width: 300, height: 300 }))
  expect(await world.outcome(revision)).toBe('ready')
  gate.requests.splice(0)
})
afterAll(async () => {
  await gate.close()
})

it.each([
  ['', 'text/html', '300.jpg'],
  ['?size=s', 'image/webp', '64.webp'],
])('the current picture%s is a redirect for %s, checked each time', async (query, Accept, file) => {
  for (const method of ['GET', 'HEAD']) {
    const headers = { Accept, 'If-None-Match': '*' }
    const reply = await api.ask(method, avatarPath(user, query), { headers })
    expect(reply.status).toBe(302)
    expect(reply.headers.get('location')).toMatch(`${BASE}/avatars/`)
    expect(reply.headers.get('location')).toMatch(`/${revision}/${file}`)
    expect(reply.headers.get('cache-control')).toBe('public, no-cache')
    expect(reply.headers.get('vary')).toBe('Accept')
    expect(reply.headers.has('etag')).toBe(false)
    expect(reply.body).toHaveLength(0)
  }
  expect(gate.requests).toEqual([])
})

it('a variant redirects with a cache time of one day', async () => {
  const reply = await api.get(`${avatarPath(user)}/${revision}/128.webp`)
  expect(reply.status).toBe(302)
  expect(reply.headers.get('cache-control')).toBe('public, max-age=86400')
  const key = variantKey(asUserId(user), asRevision(revision), { size: 128, format: 'webp' })
  expect(reply.headers.get('location')).toBe(`${BASE}/${key}`)
  expect((await api.get(`${avatarPath(user)}/${revision}/128.gif`)).status).toBe(404)
  expect(gate.requests).toEqual([])
})

it('the settings list the object URLs, and the objects have cache headers', async () => {
  const { variants } = await api.settings(user)
  for (const { url } of variants) {
    const { pathname } = new URL(url)
    const key = pathname.replace('/faces/', '')
    const stored = await world.store.stat(asObjectKey(key))
    expect(stored?.metadata['cache-control'] ?? stored).toMatch(/immutable/)
  }
})
