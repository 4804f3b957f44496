import { deflateRawSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { base64url as encode, seal } from '../support/pictures/craft.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysIn } from '../support/world/state.ts'
import { JWT_SECRET, useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
})

const now = () => Math.floor(Date.now() / 1000)
const good = () => ({ sub: someone(), exp: now() + 600, token_type: 'access' })
const withClaims = (claims: object) => () => craft({ ...good(), ...claims })

type Encode = (text: string) => string

/** Standard base64 (RFC 4648, section 4), which a lenient decoder accepts. */
const encodeAsBase64: Encode = (text) => Buffer.from(text).toString('base64')
/** Base64url with a non-canonical last character, which a lenient decoder accepts. */
const encodeSloppily: Encode = (text) => {
  const right = encode(text + ' '.repeat((4 - (text.length % 3)) % 3))
  return right.slice(0, -1) + String.fromCharCode(right.charCodeAt(right.length - 1) + 1)
}
const HS256 = { alg: 'HS256', typ: 'JWT' }

/** Signs any header and payload with the valid key as HS256. A string is used unchanged. */
function craft(payload: unknown, header: object | string = HS256, as: Encode = encode): string {
  const text = (part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part))
  return seal(`${as(text(header))}.${as(text(payload))}`, JWT_SECRET)
}

/** Token whose payload has extra JSON text, such as duplicate keys. */
const written = (members: string) => craft(`{"sub":"user","exp":${now() + 600}${members}}`)

function unsigned(alg: string): string {
  return `${encode(JSON.stringify({ alg }))}.${encode(JSON.stringify(good()))}.`
}

function signedWith(key: string): string {
  return seal(craft(good()).replace(/\.[^.]*$/, ''), key)
}

/** Token that is signed by the key in its own header. */
function ownKey(): string {
  const jwk = { kty: 'oct', k: encode('x'.repeat(32)), alg: 'HS256' }
  const header = { ...HS256, jwk, jku: 'http://127.0.0.1:1/', x5c: ['AA=='] }
  return seal(craft(good(), header).replace(/\.[^.]*$/, ''), 'x'.repeat(32))
}

function compressed(): string {
  const claims = deflateRawSync(JSON.stringify(good()))
  return seal(`${encode('{"alg":"HS256","zip":"DEF"}')}.${encode(claims)}`, JWT_SECRET)
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
    [
      'alg HS512 with an HS512 signature',
      () =>
        seal(`${encode('{"alg":"HS512"}')}.${encode(JSON.stringify(good()))}`, JWT_SECRET, 'HS512'),
    ],
    ['alg twice', () => craft(good(), '{"alg":"none","alg":"HS256"}')],
    ['a key of its own', ownKey],
    ['an unknown crit', () => craft(good(), { alg: 'HS256', crit: ['x'], x: 1 })],
    ['a crit of known names', () => craft(good(), { alg: 'HS256', crit: ['exp'], exp: 1 })],
    ['b64', () => craft(good(), { alg: 'HS256', b64: false })],
    ['typ logout+jwt', () => craft(good(), { alg: 'HS256', typ: 'logout+jwt' })],
    ['a header that is a list', () => craft(good(), [HS256])],
    ['compressed claims', compressed],
    ['a token within it', () => craft(craft(good()), { ...HS256, cty: 'JWT' })],
    [
      'the JSON form',
      () => JSON.stringify({ payload: encode(JSON.stringify(good())), signature: 'AA' }),
    ],
    ['10 KB of it', () => craft({ ...good(), color: 'x'.repeat(7500) })],
    ['sub twice', () => written(',"sub":"admin"')],
    ['an exp beyond all numbers', () => craft('{"sub":"user","exp":1e999}')],
    ['nbf as text', withClaims({ nbf: '0' })],
    ['iat as text', withClaims({ iat: '0' })],
    ['a sub that ends in half a character', withClaims({ sub: 'user\ud83d' })],
    ['a sub that begins with half a character', withClaims({ sub: '\ude00user' })],
    [
      'a sub that is not UTF-8',
      () => seal(`${encode(JSON.stringify(HS256))}.${encode(notUtf8())}`, JWT_SECRET),
    ],
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
    ['text as payload', () => craft('"user"')],
    ['null as payload', () => craft('null')],
    ['nothing as payload', () => craft('')],
  ]),
]

/** Returns all state that any of these tokens could have changed, of every user. */
async function everything() {
  return {
    objects: await keysIn(world),
    pictures: await world.db('avatars'),
    receipts: await world.db('uploads'),
    jobs: await world.queue.getJobCountByTypes(),
  }
}

function bearer(rows: typeof refused): typeof refused {
  return rows.map(([what, token]) => [what, () => `Bearer ${token()}`])
}

function notUtf8(): Buffer {
  const [before = '', after] = JSON.stringify({ ...good(), sub: 'a|b' }).split('|')
  return Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(`${after}`)])
}

function tampered(): string {
  const [head, , signature] = craft(good()).split('.')
  return `${head}.${encode(JSON.stringify({ ...good(), sub: 'admin' }))}.${signature}`
}

describe('every route that needs a token answers 401 to', () => {
  it.each(refused)('%s', async (_, authorization) => {
    const headers = { Authorization: authorization() }
    for (const [method, path, body] of [
      ['PUT', AVATAR, jpeg],
      ['PUT', AVATAR, Buffer.alloc(0)],
      ['GET', AVATAR],
      ['GET', `${AVATAR}/uploads/none`],
    ] as const) {
      const reply = await api.ask(method, path, { headers, ...(body ? { body } : {}) })
      expect(reply.status).toBe(200)
      expect(reply.json).toMatchObject({ code: 401, msg: 'Login required' })
    }
    expect(await everything()).toEqual({ objects: [], pictures: [], receipts: [], jobs: 0 })
  })

  it('a token above the header limit gets 431', async () => {
    const connection = await RawConnection.open(api.port)
    await connection.write(putHead('x'.repeat(20_000), 'Content-Length: 0'))
    expect((await connection.reply()).status).toBe(431)
    connection.close()
  })

  it('two tokens, the first one valid', async () => {
    const connection = await RawConnection.open(api.port)
    const second = `Authorization: Bearer ${craft({ ...good(), sub: 'admin' })}`
    await connection.write(putHead(craft(good()), second, 'Content-Length: 0'))
    expect((await connection.putReply()).json).toMatchObject({ code: 401 })
    connection.close()
    expect(await everything()).toMatchObject({ pictures: [] })
  })

  it('no token', async () => {
    expect((await api.get(AVATAR)).json).toMatchObject({ code: 401, msg: 'Login required' })
  })

  it('a token in the query', async () => {
    const reply = await api.get(`${AVATAR}?access_token=${craft(good())}`)
    expect(reply.json).toMatchObject({ code: 401 })
  })
})

describe('a valid token', () => {
  it.each([
    ['without more', withClaims({})],
    ['a second over, within the tolerance', () => withClaims({ exp: now() - 1 })()],
    [
      'a second early, within the tolerance',
      () => withClaims({ nbf: now() + 1, iat: now() + 1 })(),
    ],
    ['a sub of 128 characters', withClaims({ sub: '界'.repeat(128) })],
    ['a sub of 128 characters outside the first plane', withClaims({ sub: '🙂'.repeat(128) })],
    ['an unknown claim', withClaims({ color: 'blue' })],
    ['typ at+jwt', () => craft(good(), { alg: 'HS256', typ: 'at+jwt' })],
    [
      'an embedded key that did not sign it',
      () => craft(good(), { ...HS256, jwk: { kty: 'oct' } }),
    ],
  ])('%s', async (_, token) => {
    expect((await api.get(AVATAR, { token: token() })).json).toMatchObject({ code: 0 })
  })

  it('works with any case of "Bearer"', async () => {
    const headers = { Authorization: `bearer ${craft(good())}` }
    expect((await api.get(AVATAR, { headers })).json).toMatchObject({ code: 0 })
  })
})

it('a refresh token with a valid signature answers 40020', async () => {
  const token = tokenOf(someone(), { token_type: 'refresh' })
  const reply = await api.put(token, jpeg)
  expect(reply.status).toBe(200)
  expect(reply.json).toMatchObject({ code: 40020, msg: 'Invalid token type' })
  const forged = seal(token.replace(/\.[^.]*$/, ''), 'another-secret-of-at-least-32-bytes!')
  expect((await api.put(forged, jpeg)).json).toMatchObject({ code: 401 })
})

it('issuer and audience are checked if they are configured', async () => {
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
