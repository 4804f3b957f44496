import { variantKey, variantPrefix } from '@visage/shared/avatar/keys'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { AVATAR, avatarPath, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { StoreGate } from '../support/servers/store-gate.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let gate: StoreGate
let api: Client
let beside: Client
let ops: number
let user: string

beforeAll(async () => {
  gate = await StoreGate.open(`${world.env.S3_ENDPOINT}`)
  const app = await world.startApi({ S3_ENDPOINT: gate.endpoint })
  api = new Client(app)
  ops = app.ports.ops ?? 0
  beside = new Client(await world.startApi())
  await world.startWorker()
})
beforeEach(() => {
  user = someone()
})
afterAll(async () => {
  await gate.close()
})

/** Publishes a picture. @returns its revision */
async function ready(side: number): Promise<string> {
  const id = await api.upload(user, await photo({ width: side, height: side, seed: side }))
  expect(await world.outcome(id)).toBe('ready')
  return id
}

const remove = () => api.ask('DELETE', AVATAR, { token: tokenOf(user) })
const gravatar = () => api.put(tokenOf(user, { email: 'ada@example.com' }))
const widthOf = async ({ body }: Reply) => (await sharp(body).metadata()).width
const wasAsked = () => gate.requests.splice(0)

/** Model of a browser cache: stores, revalidates, and serves its copy for a 304. */
class Viewer {
  readonly #kept = new Map<string, Reply>()

  async load(path: string): Promise<Reply> {
    const kept = this.#kept.get(path)
    if (kept && !/no-cache|no-store/.test(kept.headers.get('cache-control') ?? 'no-store'))
      return kept
    const tag = kept?.headers.get('etag')
    const reply = await api.get(path, tag ? { headers: { 'If-None-Match': tag } } : {})
    if (reply.status === 304 && kept) return kept
    this.#kept.set(path, reply)
    return reply
  }
}

describe('the picture URL shows the last change of the user', () => {
  it('another picture, a Gravatar, no picture, and a picture again', async () => {
    const viewer = new Viewer()
    const path = avatarPath(user)
    await ready(100)
    expect(await widthOf(await viewer.load(path))).toBe(100)
    expect(await widthOf(await viewer.load(path))).toBe(100)
    await ready(120)
    expect(await widthOf(await viewer.load(path))).toBe(120)
    await gravatar()
    expect((await viewer.load(path)).status).toBe(302)
    await remove()
    expect((await viewer.load(path)).status).toBe(404)
    await ready(140)
    expect(await widthOf(await viewer.load(path))).toBe(140)
  })

  it('a variant is immutable: a client requests it once', async () => {
    const viewer = new Viewer()
    await ready(100)
    const [{ url }] = (await api.settings(user)).variants
    const first = await viewer.load(url)
    wasAsked()
    expect(await viewer.load(url)).toBe(first)
    expect(wasAsked()).toEqual([])
  })
})

describe('a known tag answers 304 without a request to the object store', () => {
  it.each(['the current picture', 'a variant'])('%s', async (which) => {
    await ready(100)
    const [{ url }] = (await api.settings(user)).variants
    const path = which === 'a variant' ? url : avatarPath(user)
    const tag = (await api.get(path)).headers.get('etag') ?? ''
    wasAsked()
    for (const method of ['GET', 'HEAD']) {
      const reply = await api.ask(method, path, { headers: { 'If-None-Match': tag } })
      expect(reply.status).toBe(304)
      expect(reply.headers.get('etag')).toBe(tag)
    }
    expect(wasAsked()).toEqual([])
    expect((await api.get(path)).status).toBe(200)
    expect(wasAsked()).toHaveLength(1)
  })
})

describe('every answer that depends on Accept has Vary: Accept', () => {
  it('200 and 304 have it, a redirect to Gravatar and 404 do not', async () => {
    const varies = async (headers = {}) => {
      const reply = await api.get(avatarPath(user), { headers })
      return [reply.status, reply.headers.get('vary')]
    }
    await ready(100)
    const tag = (await api.get(avatarPath(user))).headers.get('etag') ?? ''
    expect(await varies()).toEqual([200, 'Accept'])
    expect(await varies({ 'If-None-Match': tag })).toEqual([304, 'Accept'])
    await gravatar()
    expect(await varies()).toEqual([302, null])
    await remove()
    expect(await varies()).toEqual([404, null])
  })
})

it('a range request answers the whole picture', async () => {
  await ready(100)
  const [{ url }] = (await api.settings(user)).variants
  for (const path of [avatarPath(user), url]) {
    const whole = await api.get(path)
    expect(whole.headers.get('accept-ranges')).toBe('none')
    const range = await api.get(path, { headers: { Range: 'bytes=0-9' } })
    expect(range.status).toBe(200)
    expect(range.body).toEqual(whole.body)
  }
})

describe('a picture that changes during a request is served whole', () => {
  /** Requests the picture and runs `change` between the read of its row and the read of its object. */
  async function during(change: () => Promise<unknown>): Promise<Reply> {
    const { arrived, open } = gate.shut()
    const reply = api.get(avatarPath(user))
    await arrived
    await change()
    open()
    return reply
  }

  it('the old one, if its object still exists', async () => {
    const old = await ready(100)
    const reply = await during(() => elsewhere(120))
    expect(reply.headers.get('etag')).toContain(old)
    expect(await widthOf(reply)).toBe(100)
    expect(await widthOf(await api.get(avatarPath(user)))).toBe(120)
  })

  it('the new one, if the old one is purged', async () => {
    const old = await ready(100)
    const reply = await during(async () => {
      await elsewhere(120)
      await world.store.removePrefix(variantPrefix(asUserId(user), asRevision(old)))
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('etag')).not.toContain(old)
    expect(reply.headers.get('etag')).toContain((await api.settings(user)).revision)
    expect(await widthOf(reply)).toBe(120)
  })

  it('none, if the picture was removed', async () => {
    await ready(100)
    const reply = await during(() => beside.ask('DELETE', AVATAR, { token: tokenOf(user) }))
    expect(reply.status).toBe(404)
    expect(reply.headers.get('cache-control')).toBe('no-store')
  })

  /** Removes the picture through an API that does not use the gate. */
  async function elsewhere(side: number): Promise<void> {
    const id = await beside.upload(user, await photo({ width: side, height: side, seed: side }))
    expect(await world.outcome(id)).toBe('ready')
  }
})

it('a missing object answers 503 without caching and is counted', async () => {
  const id = await ready(100)
  await world.store.remove([
    variantKey(asUserId(user), asRevision(id), { size: 100, format: 'jpeg' }),
  ])
  const before = await missingObjects()
  const reply = await api.get(avatarPath(user))
  expect(reply.status).toBe(503)
  expect(reply.headers.get('cache-control')).toBe('no-store')
  expect(await missingObjects()).toBe(before + 1)
})

const missingObjects = async () => (await metric(ops, 'visage_missing_objects_total')) ?? 0
