import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
/** World with a worker. */
const busy = useWorld({ shared: true })
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 200, height: 200 })
})

const none = {
  source: 'none',
  revision: null,
  variants: [],
  placeholder: null,
  color: null,
  updated_at: null,
  pending: null,
  rejected: null,
}

it('an unknown user has no picture, and the answer is not cached', async () => {
  const reply = await api.get(AVATAR, { token: tokenOf(someone()) })
  expect(reply.json).toEqual({ code: 0, data: none, msg: '' })
  expect(reply.headers.get('cache-control')).toBe('no-store')
})

it('a Gravatar has a revision and a time but no hash', async () => {
  const user = someone()
  const before = Date.now()
  const reply = await api.put(tokenOf(user, { email: 'ada@example.com' }))
  expect(reply.json.code).toBe(0)
  const settings = await api.settings(user)
  const row = await world.db('avatars').where('user_id', user).first()
  expect(settings).toEqual({
    ...none,
    source: 'gravatar',
    revision: row.revision,
    updated_at: row.updated_at.toISOString(),
  })
  expect(row.updated_at.getTime()).toBeGreaterThan(before - 1000)
})

describe('while no worker runs', () => {
  it('an upload is pending and queued, and the picture does not change', async () => {
    const user = someone()
    const id = await api.upload(user, jpeg)
    const receipt = await api.receipt(user, id)
    expect(receipt).toMatchObject({ state: 'queued', started_at: null, finished_at: null })
    expect(await api.settings(user)).toEqual({
      ...none,
      pending: { upload_id: id, state: 'queued', accepted_at: receipt.accepted_at },
    })
    expect((await api.get(avatarPath(user))).status).toBe(404)
  })

  it('the newest of several uploads is pending', async () => {
    const user = someone()
    await api.upload(user, jpeg)
    const newest = await api.upload(user, jpeg)
    expect((await api.settings(user)).pending).toMatchObject({ upload_id: newest })
  })

  it('an upload before a Gravatar is not pending', async () => {
    const user = someone()
    await api.upload(user, jpeg)
    await api.put(tokenOf(user, { email: 'ada@example.com' }))
    expect(await api.settings(user)).toMatchObject({ source: 'gravatar', pending: null })
  })

  it('an upload after a Gravatar is pending', async () => {
    const user = someone()
    await api.put(tokenOf(user, { email: 'ada@example.com' }))
    const id = await api.upload(user, jpeg)
    expect(await api.settings(user)).toMatchObject({
      source: 'gravatar',
      pending: { upload_id: id, state: 'queued' },
    })
  })

  it('a user sees only their own settings', async () => {
    await api.upload(someone(), jpeg)
    expect(await api.settings(someone())).toEqual(none)
  })
})

it('a ready upload has its variants, and none is pending', async () => {
  const client = new Client(await busy.startApi())
  await busy.startWorker()
  const user = someone()
  const id = await client.upload(user, jpeg)
  expect(await busy.outcome(id)).toBe('ready')
  const { variants, ...settings } = await client.settings(user)
  expect(settings).toEqual({
    source: 'upload',
    revision: id,
    placeholder: expect.any(String),
    color: expect.stringMatching(/^#[0-9a-f]{6}$/),
    updated_at: (await client.receipt(user, id)).finished_at,
    pending: null,
    rejected: null,
  })
  expect(variants).toHaveLength(6)
  for (const { size, format, url } of variants) {
    const file = `${size}.${format === 'jpeg' ? 'jpg' : format}`
    expect(url).toBe(`${avatarPath(user)}/${id}/${file}`)
  }
})
