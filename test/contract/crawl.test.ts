import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { healthRoutes } from '@visage/shared/ops/health'
import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../apps/api/src/config.ts'
import { createRouter } from '../../apps/api/src/routes.ts'
import type { Services } from '../../apps/api/src/services.ts'
import { silent } from '../support/domain/log.ts'
import { AVATAR, avatarPath, Client, type Reply, tokenOf } from '../support/http/http.ts'
import { document } from '../support/http/openapi.ts'
import { RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { signToken, useWorld } from '../support/world/use-world.ts'

const VICTIM = 'the-victim'
const ADDRESS = 'victim@example.org'
const OPS = Object.keys(healthRoutes(new MetricsRegistry(), {}, () => false))

const world = useWorld()
let api: Client
let ops: Client
let jpeg: Buffer
/** Data that only the victim may see. */
let secrets: string[]
let ids: { id: string; receipt: string; revision: string; file: string }

beforeAll(async () => {
  const app = await world.startApi({ TRUSTED_PROXIES: '127.0.0.1' })
  api = new Client(app)
  ops = new Client({ port: app.ports.ops })
  await world.startWorker()
  jpeg = await photo({ width: 64, height: 64 })
  const revision = await api.upload(VICTIM, jpeg)
  await world.outcome(revision)
  const receipt = await api.upload(VICTIM, Buffer.concat([jpeg.subarray(0, 3), Buffer.alloc(99)]))
  await world.outcome(receipt)
  const { correlation_id } = await api.receipt(VICTIM, receipt)
  ids = { id: VICTIM, receipt, revision, file: '64.webp' }
  secrets = [receipt, correlation_id]
})

interface Route {
  readonly method: string
  readonly route: string
  readonly open: boolean
}

/** Routes of the document. The published PUT declares its token in our addition. */
const routes: Route[] = Object.entries(document.paths).flatMap(([route, item]) =>
  ['get', 'head', 'put', 'post', 'patch', 'delete'].flatMap((method) => {
    const operation = item[`x-visage-${method}`] ?? item[method]
    if (!operation) return []
    return [{ method: method.toUpperCase(), route, open: operation.security === undefined }]
  }),
)
const named = routes.map((one) => [`${one.method} ${one.route}`, one] as const)

/** Path of the route with the IDs of the victim. */
function pathOf({ route }: Route): string {
  const id = route.startsWith(`${AVATAR}/uploads`) ? ids.receipt : ids.id
  return route.replace('{id}', id).replace('{revision}', ids.revision).replace('{file}', ids.file)
}

const ask = (route: Route, token?: string, client = api) =>
  client.ask(route.method, pathOf(route), {
    ...(token === undefined ? {} : { token }),
    ...(route.method === 'PUT' ? { body: jpeg } : {}),
  })

const PICTURE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
}
const OTHER = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

function expectHeaders({ headers }: Reply, path: string, https = false): void {
  const wanted = path.startsWith('/user/avatar/') ? PICTURE : OTHER
  expect(Object.fromEntries(headers)).toMatchObject(wanted)
  expect(headers.get('strict-transport-security')).toBe(https ? 'max-age=31536000' : null)
  expect(headers.get('x-powered-by')).toBeNull()
}

function expectNoSecret({ body, headers }: Reply): void {
  const said = `${body.toString('latin1')}${JSON.stringify([...headers])}`
  for (const secret of [...secrets, ADDRESS]) expect(said).not.toContain(secret)
}

it('the document and the router have the same routes', () => {
  const config = readConfig({ ...world.env })
  const { stack } = createRouter(config, { log: silent, limiters: {} } as Services)
  const served = stack.flatMap(({ path, methods }) =>
    methods.map((method) => `${method} ${String(path).replace(/:(\w+)/g, '{$1}')}`),
  )
  // HEAD works on every GET route, but is documented only on some.
  const withoutHead = (all: string[]) => all.filter((one) => !one.startsWith('HEAD ')).toSorted()
  expect(withoutHead(served)).toEqual(withoutHead(named.map(([name]) => name)))
})

it('only the pictures are public', () => {
  const open = named.filter(([, { open }]) => open).map(([name]) => name)
  expect(open.toSorted()).toEqual([
    'GET /user/avatar/{id}',
    'GET /user/avatar/{id}/{revision}/{file}',
    'HEAD /user/avatar/{id}',
    'HEAD /user/avatar/{id}/{revision}/{file}',
  ])
})

describe.each(named)('%s', (_, route) => {
  const tokens: [string, () => string | undefined][] = [
    ['no token', () => undefined],
    ['an empty one', () => ''],
    ['a forged one', () => signToken('another-secret-of-at-least-32-bytes!', VICTIM)],
    ['one that has ended', () => tokenOf(VICTIM, { exp: 1 })],
    ['a refresh token', () => tokenOf(VICTIM, { token_type: 'refresh' })],
    ['one without the scope', () => tokenOf(VICTIM, { client_id: 'app', scopes: ['Files.Read'] })],
  ]

  it.each(tokens)('with %s answers the same as without a token', async (_, token) => {
    const before = await world.db('avatars').where('user_id', VICTIM)
    const reply = await ask(route, token())
    expectHeaders(reply, pathOf(route))
    expectNoSecret(reply)
    if (route.open) expect(reply.status).toBe(200)
    else expect([401, 40020, 40089]).toContain(reply.json.code)
    expect(await world.db('avatars').where('user_id', VICTIM)).toEqual(before)
  })

  it("with another user's token neither shows nor changes the victim's data", async () => {
    const before = await world.db('avatars').where('user_id', VICTIM)
    const reply = await ask(route, tokenOf('the-other'))
    expectHeaders(reply, pathOf(route))
    expectNoSecret(reply)
    if (!route.open) expect(reply.body.toString()).not.toContain(ids.revision)
    expect(await world.db('avatars').where('user_id', VICTIM)).toEqual(before)
  })

  it('has the headers with OPTIONS, another method and https', async () => {
    const path = pathOf(route)
    expectHeaders(await api.ask('OPTIONS', path), path)
    const refused = await api.ask('PATCH', path, { body: Buffer.from('some body') })
    expect(refused.status).toBe(405)
    expectHeaders(refused, path)
    const headers = { 'X-Forwarded-Proto': 'https' }
    expectHeaders(await api.ask(route.method, path, { headers }), path, true)
  })
})

describe('every other answer has the headers:', () => {
  it.each<[string, number, string, () => Promise<Reply>]>([
    [
      'a redirect',
      302,
      '/user/avatar/',
      async () => {
        await api.put(tokenOf('gravatar', { email: ADDRESS }))
        return api.get(avatarPath('gravatar'))
      },
    ],
    ['no picture', 404, '/user/avatar/', () => api.get(avatarPath('nobody'))],
    ['a size that is none', 400, '/user/avatar/', () => api.get(avatarPath(VICTIM, '?size=x'))],
    ['no route', 404, '/', () => api.get('/nowhere')],
    ['a path that cannot be decoded', 404, '/user/avatar/', () => api.get('/user/avatar/%')],
    ['a success', 200, AVATAR, () => api.get(AVATAR, { token: tokenOf(VICTIM) })],
    ['an upload', 200, AVATAR, () => api.put(tokenOf('the-other'), jpeg)],
    [
      'a body that is refused before it is read',
      200,
      AVATAR,
      () =>
        api.ask('PUT', AVATAR, { token: tokenOf('the-other'), body: Buffer.alloc(17 * 1024 ** 2) }),
    ],
  ])('%s', async (_, status, path, answer) => {
    const reply = await answer()
    expect(reply.status).toBe(status)
    expectHeaders(reply, path)
  })

  it('a 304 omits them, as the client has them from the picture', async () => {
    const { headers } = await api.get(avatarPath(VICTIM))
    const known = { 'If-None-Match': headers.get('etag') ?? '' }
    const reply = await api.get(avatarPath(VICTIM), { headers: known })
    expect(reply.status).toBe(304)
    expect([...reply.headers.keys()].toSorted()).toEqual([
      'cache-control',
      'connection',
      'date',
      'etag',
      'keep-alive',
      'vary',
      'x-cr-correlation-id',
    ])
  })

  it.each(['http://[', 'http://'])('a request for %s, which is not a path', async (target) => {
    const connection = await RawConnection.open(api.port)
    await connection.write(`GET ${target} HTTP/1.1\r\nHost: visage\r\n\r\n`)
    const reply = await connection.reply()
    expect(reply.status).toBe(404)
    expect(reply.json).toMatchObject({ code: 404, correlation_id: expect.any(String) })
    expectHeaders(reply, '/')
    connection.close()
  })
})

describe('the ops port', () => {
  it.each([...OPS, '/', '/nowhere'])(
    'answers %s with the headers for every method',
    async (path) => {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const { status, headers } = await fetch(`http://127.0.0.1:${ops.port}${path}`, { method })
        expect(status).toBe(!OPS.includes(path) ? 404 : /GET|HEAD/.test(method) ? 200 : 405)
        expect(Object.fromEntries(headers)).toMatchObject(OTHER)
      }
    },
  )

  it.each(named)(
    'has no route of the API, such as %s, and the API has none of its pages',
    async (_, route) => {
      const { method } = route
      const headers = { Authorization: `Bearer ${tokenOf(VICTIM)}` }
      const url = `http://127.0.0.1:${ops.port}${pathOf(route)}`
      expect((await fetch(url, { method, headers })).status).toBe(404)
      for (const page of OPS) expect((await api.ask(method, page)).status).toBe(404)
    },
  )
})
