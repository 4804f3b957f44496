import { quarantineKey, rawKey, variantPrefix } from '@visage/shared/avatar/keys'
import { Uploads } from '@visage/shared/db/uploads'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asRevision, asUploadId, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { usePausedWorker } from '../support/world/paused-work.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const { work, maintain } = usePausedWorker(world, { PURGE_EVERY: '1s', PURGE_AFTER: '1d' })
let api: Client
let jpeg: Buffer
let user: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
})
beforeEach(() => {
  user = someone()
})

const remove = (token = tokenOf(user)) => api.ask('DELETE', AVATAR, { token })

async function ready(): Promise<string> {
  const id = await api.upload(user, jpeg)
  expect(await work(id)).toEqual(['ready'])
  return id
}

const objectsOf = (id: string) => keysIn(world, variantPrefix(asUserId(user), asRevision(id)))
const removedAt = expect.stringMatching(/^\d{4}-.+Z$/)

describe('a removed picture', () => {
  it('is deleted from its URL, from the URLs of its variants and from the bucket', async () => {
    const id = await ready()
    const [{ url }] = (await api.settings(user)).variants
    expect((await api.get(url)).status).toBe(200)

    expect((await remove()).body.toString()).toBe('{"code":0,"msg":""}')
    expect(await objectsOf(id)).toEqual([])
    expect((await api.get(url)).status).toBe(404)
    expect((await api.get(avatarPath(user))).status).toBe(404)
    expect(await world.db('purges').where('user_id', user)).toEqual([])
  })

  it('sets the source to none in the settings, and removed_at in its receipt', async () => {
    const id = await ready()
    expect(await api.receipt(user, id)).toMatchObject({ state: 'ready', removed_at: null })
    await remove()
    expect(await api.receipt(user, id)).toMatchObject({ state: 'ready', removed_at: removedAt })
    expect(await api.settings(user)).toMatchObject({
      source: 'none',
      revision: (await pictureRow(world, user)).revision,
      variants: [],
      placeholder: null,
      color: null,
      pending: null,
      rejected: null,
    })
  })

  it('is deleted with the pictures that it replaced, even within their grace period', async () => {
    const [older, newer] = [await ready(), await ready()]
    expect(await objectsOf(older)).not.toEqual([])
    await remove()
    expect([...(await objectsOf(older)), ...(await objectsOf(newer))]).toEqual([])
    expect((await api.receipt(user, older)).removed_at).toEqual(removedAt)
  })

  it('can be a Gravatar', async () => {
    await api.put(tokenOf(user, { email: 'ada@example.com' }))
    await remove()
    expect((await api.get(avatarPath(user))).status).toBe(404)
    expect(await pictureRow(world, user)).toMatchObject({ source: 'none', email_hash: null })
  })

  it('can be removed again, and the receipts keep the first time', async () => {
    expect((await remove()).json).toEqual({ code: 0, msg: '' })
    const id = await ready()
    expect((await api.receipt(user, id)).removed_at).toBeNull()
    await remove()
    const first = await api.receipt(user, id)
    expect((await remove()).json).toEqual({ code: 0, msg: '' })
    expect(await api.receipt(user, id)).toEqual(first)
  })

  it('does not change other users', async () => {
    const id = await ready()
    await remove(tokenOf(someone()))
    expect((await api.get(avatarPath(user))).status).toBe(200)
    expect((await api.receipt(user, id)).removed_at).toBeNull()
  })
})

describe('the order of acceptance decides between a removal and a change', () => {
  it('a pending upload before it is superseded', async () => {
    const id = await api.upload(user, jpeg)
    await remove()
    expect(await api.settings(user)).toMatchObject({ source: 'none', pending: null })
    expect(await api.receipt(user, id)).toMatchObject({ state: 'queued', removed_at: null })
    expect(await work(id)).toEqual(['superseded'])
    expect(await api.receipt(user, id)).toMatchObject({
      state: 'superseded',
      removed_at: removedAt,
    })
    expect(await keysIn(world, 'raw/')).toEqual([])
    expect((await api.get(avatarPath(user))).status).toBe(404)
  })

  it('an upload after it is shown', async () => {
    await ready()
    await remove()
    const id = await ready()
    expect(await api.settings(user)).toMatchObject({ source: 'upload', revision: id })
    expect((await api.get(avatarPath(user))).status).toBe(200)
  })

  it('a Gravatar after it is shown', async () => {
    await remove()
    await api.put(tokenOf(user, { email: 'ada@example.com' }))
    expect((await api.get(avatarPath(user))).status).toBe(302)
  })
})

describe('a removal deletes the raw bytes of finished uploads', () => {
  it('in quarantine, and after a failed acknowledgement', async () => {
    const id = await ready()
    const [givenUp, other] = [await gaveUp(user), await gaveUp(someone())]
    await world.store.put(rawKey(asUploadId(id)), jpeg, { mediaType: 'image/jpeg' })
    await remove()
    const kept = [...(await keysIn(world, 'raw/')), ...(await keysIn(world, 'quarantine/'))]
    expect(kept).toEqual([quarantineKey(asUploadId(other))])
    expect(await api.receipt(user, givenUp)).toMatchObject({
      state: 'rejected',
      removed_at: removedAt,
    })
  })

  /** Accepts an upload and rejects it as `unprocessable`, as after several crashes. */
  async function gaveUp(owner: string): Promise<string> {
    const id = await api.upload(owner, jpeg)
    await (await world.queue.getJob(id))?.remove()
    const raw = new RawObjects(world.store)
    const upload = await raw.find(id)
    if (!upload) throw new Error('the upload is not there')
    const verdict = { state: 'rejected', reason: 'unprocessable', msg: 'no' } as const
    await new Uploads(world.db).recordVerdict(upload, verdict)
    await raw.quarantine(id)
    await raw.remove(id)
    return id
  }
})

it('a removal is accepted while the object store is unavailable, and a worker deletes the objects', async () => {
  const id = await ready()
  const cutOff = new Client(await world.startApi({ S3_ENDPOINT: 'http://127.0.0.1:1' }))
  const reply = await cutOff.ask('DELETE', AVATAR, { token: tokenOf(user) })
  expect(reply.json).toEqual({ code: 0, msg: '' })
  expect((await api.get(avatarPath(user))).status).toBe(404)
  expect(await objectsOf(id)).not.toEqual([])
  await maintain(() =>
    eventually('they are gone', 15_000, async () => (await objectsOf(id)).length === 0),
  )
})

it('a removal needs the write scope and counts in the rate limit', async () => {
  expect((await api.ask('DELETE', AVATAR)).json).toMatchObject({ code: 401 })
  const reader = tokenOf(user, { client_id: 'app', scopes: ['UserInfo.Read'] })
  expect((await remove(reader)).json).toMatchObject({ code: 40089 })
  const limited = new Client(await world.startApi({ RATE_LIMIT: '1/1m' }))
  const ask = () => limited.ask('DELETE', AVATAR, { token: tokenOf(user) })
  expect((await ask()).headers.get('ratelimit')).toMatch(/r=0/)
  expect((await ask()).status).toBe(429)
})

it('a page of an origin in CORS_ORIGINS can send a removal', async () => {
  const origin = 'https://app.example.org'
  const named = new Client(await world.startApi({ CORS_ORIGINS: origin }))
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'DELETE' }
  const reply = await named.ask('OPTIONS', AVATAR, { headers })
  expect(reply.headers.get('access-control-allow-methods')).toMatch(/\bDELETE\b/)
})
