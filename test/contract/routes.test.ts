import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let token: string

beforeAll(async () => {
  api = new Client(await world.startApi())
  token = tokenOf('somebody')
})

describe('an unknown path answers 404', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/user'],
    ['GET', '/user/setting'],
    ['PUT', '/user/settings/avatar'],
    ['GET', '/user/avatar'],
    ['GET', '/user/avatar/a/b'],
    ['GET', '/user/avatar/a/b/c/d'],
    ['GET', '/api/v4/user/setting/avatar'],
    ['GET', '/healthz'],
    ['GET', '//user/setting/avatar'],
    ['POST', '/__proto__'],
  ])('%s %s', async (method, path) => {
    const reply = await api.ask(method, path, { token })
    expect(reply.status).toBe(404)
    expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
  })
})

describe('an unknown method answers 405 with the methods of the route', () => {
  const routes: [path: string, has: string[]][] = [
    [AVATAR, ['DELETE', 'GET', 'PUT']],
    [`${AVATAR}/uploads/none`, ['GET']],
    [avatarPath('somebody'), ['GET', 'HEAD']],
    [`${avatarPath('somebody')}/none/512.webp`, ['GET', 'HEAD']],
  ]
  const methods = ['POST', 'PATCH', 'DELETE', 'PUT']
  const cases = routes.flatMap(([path, has]) =>
    methods.filter((method) => !has.includes(method)).map((method) => [method, path, has] as const),
  )
  it.each(cases)('%s %s', async (method, path, has) => {
    const reply = await api.ask(method, path, { token, body: Buffer.from('some body') })
    expect(reply.status).toBe(405)
    expect(reply.json).toMatchObject({ code: 405 })
    expect(reply.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(has))
  })
})

describe('a receipt answers 404 in the envelope with status 200', () => {
  it.each([
    ['for an id that is no UUID', () => 'none'],
    ['for a UUID of no upload', () => '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'],
    ['for a UUID that no upload can have', () => '00000000-0000-0000-0000-000000000000'],
    ['for a path in disguise', () => '..%2F..%2Favatar'],
    ["for another user's upload", () => uploadOf(someone())],
  ])('%s', async (_, id) => {
    const reply = await api.get(`${AVATAR}/uploads/${await id()}`, { token: tokenOf(someone()) })
    expect(reply.status).toBe(200)
    expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
  })

  it("for another user's finished upload", async () => {
    const user = someone()
    const id = await uploadOf(user)
    await world.startWorker()
    await world.outcome(id)
    expect((await api.receipt(user, id)).state).toBe('ready')
    const reply = await api.get(`${AVATAR}/uploads/${id}`, { token: tokenOf(someone()) })
    expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
  })
})

describe('API_PREFIX', () => {
  let prefixed: Client

  beforeAll(async () => {
    prefixed = new Client(await world.startApi({ API_PREFIX: '/api/v4' }), '/api/v4')
    await world.startWorker()
  })

  it('prefixes every route and every path in an answer', async () => {
    const user = someone()
    const bytes = await photo({ width: 80, height: 80 })
    const reply = await prefixed.put(tokenOf(user), bytes)
    const id = reply.headers.get('x-upload-id') ?? ''
    expect(reply.headers.get('location')).toBe(`/api/v4${AVATAR}/uploads/${id}`)
    expect(await world.outcome(id)).toBe('ready')
    expect((await prefixed.receipt(user, id)).state).toBe('ready')
    expect((await prefixed.get(avatarPath(user))).status).toBe(200)
    const { variants } = await prefixed.settings(user)
    for (const { url } of variants) {
      expect(url).toMatch(new RegExp(`^/api/v4/user/avatar/${user}/${id}/`))
      expect((await prefixed.get(url.slice('/api/v4'.length))).status).toBe(200)
    }
  })

  it('removes the routes under the default prefix', async () => {
    const bare = new Client(prefixed)
    for (const path of [`/api${AVATAR}`, `/api/v3${AVATAR}`, `/api/v4x${AVATAR}`])
      expect((await bare.get(path, { token })).status).toBe(404)
  })
})

const uploadOf = async (user: string) => api.upload(user, await photo({ width: 64, height: 64 }))
