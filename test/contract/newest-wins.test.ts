import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { usePausedWorker } from '../support/world/paused-work.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const { work } = usePausedWorker(world)
let api: Client
let pictures: [Buffer, Buffer]
let user: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  pictures = [
    await photo({ width: 100, height: 100 }),
    await photo({ width: 120, height: 120, seed: 2 }),
  ]
})
beforeEach(() => {
  user = someone()
})

const gravatar = () => api.put(tokenOf(user, { email: 'ada@example.com' }))

describe('the newest wins among pending changes', () => {
  it('two uploads', async () => {
    const older = await api.upload(user, pictures[0])
    const newer = await api.upload(user, pictures[1])
    expect(newer > older).toBe(true)
    const [, outcome] = await work(older, newer)
    expect(outcome).toBe('ready')
    expect(await api.settings(user)).toMatchObject({ revision: newer, pending: null })
    expect((await pictureRow(world, user)).source_width).toBe(120)
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  it('two uploads whose jobs run in reverse order', async () => {
    const older = await api.upload(user, pictures[0])
    const newer = await api.upload(user, pictures[1])
    const job = await world.queue.getJob(older)
    await job?.remove()
    expect(await work(newer)).toEqual(['ready'])
    const before = await pictureRow(world, user)

    await world.queue.add('render', job?.data, { jobId: older })
    expect(await work(older)).toEqual(['superseded'])
    expect(await api.receipt(user, older)).toMatchObject({ state: 'superseded', reason: null })
    expect(await pictureRow(world, user)).toEqual(before)
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  it('an upload, then a Gravatar', async () => {
    const upload = await api.upload(user, pictures[0])
    await gravatar()
    const before = await pictureRow(world, user)
    expect((await api.receipt(user, upload)).state).toBe('queued')

    expect(await work(upload)).toEqual(['superseded'])
    expect(await api.receipt(user, upload)).toMatchObject({
      state: 'superseded',
      finished_at: expect.any(String),
    })
    expect(await pictureRow(world, user)).toEqual(before)
    expect(await api.settings(user)).toMatchObject({ source: 'gravatar', pending: null })
    expect((await api.get(avatarPath(user))).status).toBe(302)
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  it('a Gravatar, then an upload', async () => {
    await gravatar()
    const upload = await api.upload(user, pictures[0])
    expect(await work(upload)).toEqual(['ready'])
    expect(await api.settings(user)).toMatchObject({ source: 'upload', revision: upload })
    expect(await pictureRow(world, user)).toMatchObject({ email_hash: null })
  })

  it('an upload, a Gravatar, then an upload', async () => {
    const first = await api.upload(user, pictures[0])
    await gravatar()
    const last = await api.upload(user, pictures[1])
    expect(await work(first, last)).toEqual(['superseded', 'ready'])
    expect(await api.settings(user)).toMatchObject({ source: 'upload', revision: last })
  })
})

it('a Gravatar replaces a ready picture', async () => {
  const upload = await api.upload(user, pictures[0])
  await work(upload)
  await gravatar()
  expect(await api.settings(user)).toMatchObject({ source: 'gravatar', variants: [] })
  expect((await api.receipt(user, upload)).state).toBe('ready')
})

it('concurrent uploads get different revisions, and the newest is shown', async () => {
  const uploads = await Promise.all(
    Array.from({ length: 6 }, (_, i) => api.upload(user, pictures[i % 2] as Buffer)),
  )
  expect(new Set(uploads).size).toBe(6)
  await work(...uploads)
  const newest = uploads.toSorted().at(-1)
  expect(await api.settings(user)).toMatchObject({ revision: newest, pending: null })
  expect(await keysIn(world, 'raw/')).toEqual([])
})
