import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, Client, someone, tokenOf } from '../support/http.ts'
import { photo } from '../support/photo.ts'
import { stateOf } from '../support/state.ts'
import { createWorld, JWT_SECRET, type World } from '../support/visage.ts'

let world: World
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  world = await createWorld()
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
})
afterAll(() => world.close())

const now = () => Math.floor(Date.now() / 1000)
const good = () => ({ sub: someone(), exp: now() + 600, token_type: 'access' })
const withClaims = (claims: object) => () => craft({ ...good(), ...claims })

type Encode = (text: string) => string

const encode: Encode = (text) => Buffer.from(text).toString('base64url')
/** The other alphabet (RFC 4648, section 4), which a lenient decoder takes too. */
const encodeAsBase64: Encode = (text) => Buffer.from(text).toString('base64')
/** Decodes to the text and a blank or so, but another last letter would be the right one. */
const encodeSloppily: Encode = (text) => {
  const right = encode(text + ' '.repeat((4 - (text.length % 3)) % 3))
  return right.slice(0, -1) + String.fromCharCode(right.charCodeAt(right.length - 1) + 1)
}
const HS256 = { alg: 'HS256', typ: 'JWT' }

/** Signed with the right key as HS256, whatever the header and payload say. */
function craft(payload: unknown, header: object = HS256, as: Encode = encode): string {
  const head = [header, payload].map((part) => as(JSON.stringify(part))).join('.')
  return `${head}.${hmac(head, JWT_SECRET)}`
}

const hmac = (text: string, key: string) =>
  createHmac('sha256', key).update(text).digest('base64url')

function unsigned(alg: string): string {
  return `${encode(JSON.stringify({ alg }))}.${encode(JSON.stringify(good()))}.`
}

function signedWith(key: string): string {
  const [head] = craft(good()).split(/\.(?=[^.]*$)/)
  return `${head}.${hmac(`${head}`, key)}`
}

const refused: [what: string, authorization: () => string][] = [
  ['garbage', () => 'Bearer garbage'],
  ['nothing after Bearer', () => 'Bearer '],
  ['another scheme', () => `Basic ${craft(good())}`],
  ['no scheme', () => craft(good())],
  ['three empty parts', () => 'Bearer ..'],
  ...bearer([
    ['a wrong signature', () => signedWith('another-secret-of-at-least-32-bytes!')],
    ['no signature', () => craft(good()).replace(/[^.]*$/, '')],
    ['another payload than was signed', () => tampered()],
    ['alg none', () => unsigned('none')],
    ['alg None', () => unsigned('None')],
    ['alg none with a good signature', () => craft(good(), { alg: 'none' })],
    ['alg RS256', () => craft(good(), { alg: 'RS256' })],
    ['alg HS512', () => craft(good(), { alg: 'HS512' })],
    ['no alg', () => craft(good(), { typ: 'JWT' })],
    ['a crit that nobody knows', () => craft(good(), { alg: 'HS256', crit: ['x'], x: 1 })],
    [
      'padded parts',
      () => craft({ ...good(), color: 'blue' }, HS256, (text) => `${encode(text)}=`),
    ],
    ['parts in sloppy base64', () => craft(good(), HS256, encodeSloppily)],
    ['parts in base64', () => craft({ ...good(), color: '???>>>' }, HS256, encodeAsBase64)],
    ['a character that is no base64', () => craft(good(), HS256, (text) => `${encode(text)}!`)],
    ['expired', withClaims({ exp: now() - 60 })],
    ['no exp', withClaims({ exp: undefined })],
    ['exp as text', withClaims({ exp: `${now() + 600}` })],
    ['nbf in the future', withClaims({ nbf: now() + 60 })],
    ['iat in the future', withClaims({ iat: now() + 60 })],
    ['no sub', withClaims({ sub: undefined })],
    ['an empty sub', withClaims({ sub: '' })],
    ['an array as sub', withClaims({ sub: ['user'] })],
    ['a number as sub', withClaims({ sub: 7 })],
    ['a sub of 129 characters', withClaims({ sub: 'x'.repeat(129) })],
    ['a sub with a zero byte', withClaims({ sub: 'a\0b' })],
    ['an array as payload', () => craft([good()])],
    ['text as payload', () => craft('user')],
    ['null as payload', () => craft(null)],
  ]),
]

function bearer(rows: typeof refused): typeof refused {
  return rows.map(([what, token]) => [what, () => `Bearer ${token()}`])
}

function tampered(): string {
  const [head, , signature] = craft(good()).split('.')
  return `${head}.${encode(JSON.stringify({ ...good(), sub: 'admin' }))}.${signature}`
}

describe('a token that is refused with 401 on every route that asks for one', () => {
  it.each(refused)('%s', async (_, authorization) => {
    const headers = { Authorization: authorization() }
    const before = await stateOf(world, 'admin')
    for (const [method, path] of [
      ['PUT', AVATAR],
      ['GET', AVATAR],
      ['GET', `${AVATAR}/uploads/none`],
    ] as const) {
      const body = method === 'PUT' ? { body: jpeg } : {}
      const reply = await api.ask(method, path, { headers, ...body })
      expect(reply.status).toBe(200)
      expect(reply.json).toMatchObject({ code: 401, msg: 'Login required' })
    }
    expect(await stateOf(world, 'admin')).toEqual(before)
  })

  it('none at all', async () => {
    expect((await api.get(AVATAR)).json).toMatchObject({ code: 401, msg: 'Login required' })
  })

  it('one in the query', async () => {
    const reply = await api.get(`${AVATAR}?access_token=${craft(good())}`)
    expect(reply.json).toMatchObject({ code: 401 })
  })
})

describe('a token that is good', () => {
  it.each([
    ['without more', withClaims({})],
    ['a second over, within the tolerance', () => withClaims({ exp: now() - 1 })()],
    [
      'a second early, within the tolerance',
      () => withClaims({ nbf: now() + 1, iat: now() + 1 })(),
    ],
    ['a sub of 128 characters', withClaims({ sub: '界'.repeat(128) })],
    ['an unknown claim', withClaims({ color: 'blue' })],
  ])('%s', async (_, token) => {
    expect((await api.get(AVATAR, { token: token() })).json).toMatchObject({ code: 0 })
  })

  it('in any case of "Bearer"', async () => {
    const headers = { Authorization: `bearer ${craft(good())}` }
    expect((await api.get(AVATAR, { headers })).json).toMatchObject({ code: 0 })
  })
})

it('a refresh token is a 40020, once its signature is right', async () => {
  const token = tokenOf(someone(), { token_type: 'refresh' })
  const reply = await api.put(token, jpeg)
  expect(reply.status).toBe(200)
  expect(reply.json).toMatchObject({ code: 40020, msg: 'Invalid token type' })
  const forged = token.replace(/[^.]*$/, hmac('other', JWT_SECRET))
  expect((await api.put(forged, jpeg)).json).toMatchObject({ code: 401 })
})

it('issuer and audience are checked where they are configured', async () => {
  const env = { JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'visage' }
  const strict = new Client(await world.startApi(env))
  const claims = { iss: 'https://id.example', aud: ['other', 'visage'] }
  const codeOf = async (more: object) =>
    (await strict.get(AVATAR, { token: craft({ ...good(), ...more }) })).json.code
  expect(await codeOf(claims)).toBe(0)
  expect(await codeOf({ ...claims, iss: 'https://id.example/' })).toBe(401)
  expect(await codeOf({ ...claims, aud: 'other' })).toBe(401)
  expect(await codeOf({})).toBe(401)
})
