import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 64, height: 64 })
})

/** Long heartbeat, so that outcomes arrive only by events. */
const LONG = { EVENT_STREAM_HEARTBEAT: '1h' }

function put(api: Client, body: Buffer, prefer: string, user = someone()) {
  return api.put(tokenOf(user), body, { Prefer: prefer })
}

describe('with a worker', () => {
  let api: Client
  beforeAll(async () => {
    const [app] = await Promise.all([world.startApi(LONG), world.startWorker()])
    api = new Client(app)
  })

  it('a valid picture is shown when its PUT answers', async () => {
    const user = someone()
    const reply = await put(api, jpeg, 'wait=30', user)
    expect(reply.json).toEqual({ code: 0, msg: '' })
    expect(reply.headers.get('preference-applied')).toBe('wait=30')
    const { revision, pending } = await api.settings(user)
    expect([revision, pending]).toEqual([reply.headers.get('x-upload-id'), null])
  })

  it.each([
    ['a damaged picture', () => jpeg.subarray(0, 300), 40001],
    ['something else with the first bytes of a PNG', () => pngHead(), 40001],
  ])('%s is answered with its error, in the words of its receipt', async (_, body, code) => {
    const user = someone()
    const reply = await put(api, body(), 'wait=30', user)
    const id = reply.headers.get('x-upload-id') ?? ''
    const { state, msg } = await api.receipt(user, id)
    expect(state).toBe('rejected')
    expect(reply.json).toEqual({ code, msg, correlation_id: expect.any(String) })
    expect(reply.headers.get('location')).toContain(id)
    expect(reply.headers.get('preference-applied')).toBe('wait=30')
  })

  it.each([
    'respond-async',
    'wait',
    'wait=',
    'wait=soon',
    'wait=-1',
    'wait=1.5',
    'wait=0',
    'awaits=9',
  ])('a preference like %s is ignored', async (prefer) => {
    const reply = await put(api, jpeg, prefer)
    expect(reply.json).toEqual({ code: 0, msg: '' })
    expect(reply.headers.get('preference-applied')).toBeNull()
  })

  it.each([
    ['Wait = "30"', 30],
    ['respond-async, wait=29; foo="bar"', 29],
    ['wait=28, wait=7', 28],
  ])('%s is understood', async (prefer, seconds) => {
    const reply = await put(api, jpeg, prefer)
    expect(reply.headers.get('preference-applied')).toBe(`wait=${seconds}`)
  })

  it('a wait above 30 seconds is refused before anything is stored', async () => {
    const reply = await put(api, jpeg, 'wait=31')
    expect(reply.json).toMatchObject({ code: 40001, msg: expect.stringContaining('30') })
    expect(reply.headers.get('x-upload-id')).toBeNull()
  })

  it('an empty body answers at once', async () => {
    const reply = await put(api, Buffer.alloc(0), 'wait=30')
    expect(reply.json).toEqual({ code: 0, msg: '' })
    expect(reply.headers.get('preference-applied')).toBeNull()
  })

  it.each(['1', 'true'])('nocache=%s shows the picture of the PUT just before', async (word) => {
    const user = someone()
    const id = await api.upload(user, jpeg)
    const reply = await api.get(avatarPath(user, `?nocache=${word}`))
    expect(reply.status).toBe(200)
    expect(reply.headers.get('etag')).toContain(id)
  })
})

function pngHead(): Buffer {
  return Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(64)])
}
