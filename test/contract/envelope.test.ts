import { freePort } from '@visage/stack/ports'
import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, avatarPath, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { JWT_SECRET, useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let jpeg: Buffer
/** Addresses of unavailable servers, with secrets. */
let unavailable: { DATABASE_URL: string; S3_ENDPOINT: string; S3_SECRET_KEY: string }

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
  const closed = `127.0.0.1:${await freePort()}`
  unavailable = {
    DATABASE_URL: `postgres://visage:hush-database@${closed}/visage`,
    S3_ENDPOINT: `http://${closed}`,
    S3_SECRET_KEY: 'hush-store',
  }
})

const FAILURE = /^\{"code":\d+,"msg":"[^"]+","correlation_id":"[0-9a-f-]{36}"\}$/
const FAILURE_IN_DEBUG =
  /^\{"code":\d+,"msg":"[^"]+","error":"[^"]+","correlation_id":"[0-9a-f-]{36}"\}$/

describe('success', () => {
  it.each([
    ['an upload', () => jpeg],
    ['a Gravatar', () => undefined],
  ])('of %s is exactly {"code":0,"msg":""}', async (_, body) => {
    const token = tokenOf(someone(), { email: 'a@example.com' })
    const reply = await api.put(token, body())
    expect(`${reply.body}`).toBe('{"code":0,"msg":""}')
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('with data has code, data and msg in this order, and no correlation ID', async () => {
    const user = someone()
    const id = await api.upload(user, jpeg)
    for (const path of [AVATAR, `${AVATAR}/uploads/${id}`]) {
      const reply = await api.get(path, { token: tokenOf(user) })
      expect(Object.keys(reply.json)).toEqual(['code', 'data', 'msg'])
      expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
    }
  })
})

const failures: [what: string, code: number, ask: (of: Client) => Promise<Reply>][] = [
  ['no token', 401, (of) => of.ask('PUT', AVATAR, { body: jpeg })],
  ['no picture', 40050, (of) => of.put(tokenOf(someone()), Buffer.from('plain words'))],
  ['no such upload', 404, (of) => of.get(`${AVATAR}/uploads/x`, { token: tokenOf(someone()) })],
  ['no such route', 404, (of) => of.get('/nowhere')],
  ['no such method', 405, (of) => of.ask('POST', AVATAR)],
  ['no such picture', 404, (of) => of.get(avatarPath(someone()))],
  ['no such size', 40001, (of) => of.get(avatarPath(someone(), '?size=x'))],
]

describe('a failure has code, msg and correlation_id in this order', () => {
  it.each(failures)('%s: %i', async (_, code, ask) => {
    const reply = await ask(api)
    expect(`${reply.body}`).toMatch(FAILURE)
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(reply.json.code).toBe(code)
  })
})

describe.each(['false', 'true'])('with DEBUG_ERRORS=%s', (debug) => {
  const shape = debug === 'true' ? FAILURE_IN_DEBUG : FAILURE
  let broken: Client

  beforeAll(async () => {
    broken = new Client(await world.startApi({ ...unavailable, DEBUG_ERRORS: debug }))
  })

  it.each<[part: string, code: number, status: number, ask: () => Promise<Reply>]>([
    ['store', 50004, 200, () => broken.put(tokenOf(someone()), jpeg)],
    ['database', 50001, 200, () => broken.put(tokenOf(someone()))],
    ['database', 50001, 200, () => broken.get(AVATAR, { token: tokenOf(someone()) })],
    ['database', 50001, 503, () => broken.get(avatarPath(someone()))],
  ])(
    'an unavailable %s answers %i with status %i and shows no secret',
    async (_, code, status, ask) => {
      const reply = await ask()
      expect(reply.status).toBe(status)
      expect(reply.json).toMatchObject({ code })
      expect(`${reply.body}`).toMatch(shape)
      expect(`${reply.body}`).not.toMatch(/hush/)
      expect(`${reply.body}`).not.toContain(JWT_SECRET)
      if (status === 503) expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    },
  )
})

it('DEBUG_ERRORS is off by default', async () => {
  const broken = new Client(await world.startApi(unavailable))
  expect(`${(await broken.put(tokenOf(someone()), jpeg)).body}`).toMatch(FAILURE)
})
