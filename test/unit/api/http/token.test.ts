import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { readSettings } from '@visage/shared/config/read'
import { AppError } from '@visage/shared/errors/app-error'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenSettings } from '../../../../apps/api/src/http/token/settings.ts'
import { tokenVerifier } from '../../../../apps/api/src/http/token.ts'
import { base64url, craft, type Json, seal as sealWith } from '../../../support/craft.ts'
import { silent } from '../../support/log.ts'

const SECRET = 'a-secret-that-only-these-tests-know-0123456789'
const HEADER = { alg: 'HS256', typ: 'JWT' }

const verifier = (env: NodeJS.ProcessEnv = {}) =>
  tokenVerifier(readSettings(tokenSettings, { JWT_SECRET: SECRET, ...env }), silent)
const verify = verifier()

const now = () => Math.floor(Date.now() / 1000)
const good = (): Json => ({ sub: 'alice', exp: now() + 600, token_type: 'access' })
const sign = (payload: unknown, header: Json | string = HEADER, secret = SECRET, alg = 'HS256') =>
  craft(header, payload, secret, alg)
const seal = (signed: string) => sealWith(signed, SECRET)
/** The payload as it is written, so that it can say what no object can. */
const written = (members: string) => sign(`{"sub":"alice","exp":${now() + 600}${members}}`)

/** Other letters for the same bytes: the last one has bits that decoding drops. */
function twin(part: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = `${part.slice(0, -1)}${letters[letters.indexOf(part.at(-1) ?? '') ^ 1]}`
  expect(other).not.toBe(part)
  expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(part, 'base64url'))
  return other
}

async function problemOf(token: string, by = verify): Promise<string> {
  try {
    await by(token)
  } catch (error) {
    if (error instanceof AppError) return error.problem
    throw error
  }
  return 'none'
}

test('a good token tells who asks', async () => {
  expect(await verify(sign(good()))).toMatchObject({ userId: 'alice', emailHash: undefined })
})

/** A byte between the two texts that stands in no UTF-8. */
const notUtf8 = (before: string, after: string) =>
  Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])

describe('signature and form', () => {
  const [head = '', body = '', signature = ''] = sign(good()).split('.')

  test.each([
    ['nothing', ''],
    ['two parts', `${head}.${body}`],
    ['four parts', `${head}.${body}.${signature}.x`],
    ['no signature', `${head}.${body}.`],
    ['padding', `${head}.${body}.${signature}=`],
    ['the other base64 alphabet', `${head}.${body}.${signature.slice(0, -1)}+`],
    ['a space within', `${head}. ${body}.${signature}`],
    [
      'another byte in the signature',
      `${head}.${body}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
    ],
    ['a body of another', `${head}.${base64url('{"sub":"bob"}')}.${signature}`],
    ['text that is no JSON', `${base64url('alice')}.${base64url('bob')}.${signature}`],
    ['the wrong secret', sign(good(), HEADER, 'another-secret-0123456789-0123456789')],
    ['no algorithm', `${base64url('{"alg":"none"}')}.${body}.${signature}`],
    ['no algorithm and no signature', `${base64url('{"alg":"none"}')}.${body}.`],
    ['HS512', sign(good(), { alg: 'HS512' }, SECRET, 'HS512')],
    ['HS512 by name only', sign(good(), { alg: 'HS512' })],
    ['RS256 by name only', sign(good(), { alg: 'RS256' })],
    ['a critical header that we do not know', sign(good(), { ...HEADER, crit: ['exp'] })],
    ['a critical header that is no list', sign(good(), { ...HEADER, crit: null })],
    ['an empty list of critical headers', sign(good(), { ...HEADER, crit: [] })],
    ['a payload that is said not to be encoded', sign(good(), { ...HEADER, b64: false })],
    ['the type of a token for another use', sign(good(), { ...HEADER, typ: 'logout+jwt' })],
    ['a type that is none', sign(good(), { ...HEADER, typ: 1 })],
    ['an algorithm that is a list', sign(good(), { alg: ['HS256'] }, SECRET)],
    ['an algorithm in other letters', sign(good(), { alg: 'hs256' }, SECRET)],
    ['an algorithm twice', sign(good(), '{"alg":"HS256","alg":"HS256"}')],
    ['an algorithm twice, once in escapes', sign(good(), '{"alg":"HS256","\\u0061lg":"HS256"}')],
    ['a header that is a list', sign(good(), '["HS256"]')],
    [
      'a header that is no UTF-8',
      seal(`${base64url(notUtf8('{"alg":"HS256","a":"', '"}'))}.${body}`),
    ],
    ['a header after a byte order mark', sign(good(), '\ufeff{"alg":"HS256"}')],
    ['a line feed at the end', `${sign(good())}\n`],
    ['a blank at the start', ` ${sign(good())}`],
    ['a subject twice', written(',"sub":"admin"')],
    ['a subject twice, once in escapes', written(',"s\\u0075b":"alice"')],
    ['a name twice further down', written(',"a":[{"b":{"c":1,"d":{},"c":2}}]')],
    [
      'a payload that is no UTF-8',
      seal(`${head}.${base64url(notUtf8(`{"exp":${now() + 600},"sub":"`, '"}'))}`),
    ],
    ['an end beyond all numbers', sign(`{"sub":"alice","exp":1e999}`)],
    ['a beginning before all numbers', written(',"nbf":-1e999')],
    ['claims within a token within it', sign(sign(good()), { ...HEADER, cty: 'JWT' })],
    [
      'compressed claims',
      seal(
        `${base64url('{"alg":"HS256","zip":"DEF"}')}.${base64url(deflateRawSync(JSON.stringify(good())))}`,
      ),
    ],
    ['a list of claims', sign([good()])],
    ['claims that are a text', sign('alice')],
    ['claims that are null', sign('null')],
    ['more than 8 KiB', sign({ ...good(), padding: 'x'.repeat(8192) })],
    [
      'JSON in place of the compact form',
      JSON.stringify({ protected: head, payload: body, signature }),
    ],
  ])('%s is refused', async (_, token) => {
    expect(await problemOf(token)).toBe('loginRequired')
  })

  test.each([
    ['of an access token', { ...HEADER, typ: 'at+jwt' }],
    ['in full, in other letters', { ...HEADER, typ: 'application/AT+JWT' }],
    ['that is left out', { alg: 'HS256' }],
  ])('a type %s is taken', async (_, header) => {
    expect(await problemOf(sign(good(), header))).toBe('none')
  })

  test('keys that the token brings along are not looked at', async () => {
    const own = { kty: 'oct', k: base64url('x'.repeat(32)) }
    const header = {
      ...HEADER,
      jwk: own,
      jku: 'https://evil.example',
      x5c: ['AA'],
      x5u: 'https://evil.example',
    }
    expect(await problemOf(sign(good(), header, 'x'.repeat(32)))).toBe('loginRequired')
    expect(await problemOf(sign(good(), header))).toBe('none')
  })

  test('names that only look alike, or stand in two objects, are not twice', async () => {
    const members =
      ',"a":"b","b":"\\"a\\":","Sub":1,"c":[{"sub":1},{"sub":2}],"__proto__":{"sub":3}'
    expect(await problemOf(written(members))).toBe('none')
  })

  test('a megabyte is refused without a look at it', async () => {
    const look = { split: () => expect.fail('it was taken apart') }
    const token = Object.assign(new String('x'.repeat(2 ** 20)), look) as unknown as string
    expect(await problemOf(token)).toBe('loginRequired')
  })

  test('letters that only decode to the same bytes are refused, signed or not', async () => {
    const padded = base64url(JSON.stringify({ ...good(), sub: 'alice!' }).padEnd(100))
    expect(await problemOf(seal(`${head}.${padded}`))).toBe('none')
    expect(await problemOf(seal(`${head}.${twin(padded)}`))).toBe('loginRequired')
    expect(await problemOf(seal(`${head}.${padded}==`))).toBe('loginRequired')
    expect(await problemOf(`${head}.${body}.${twin(signature)}`)).toBe('loginRequired')
  })

  test('no text gets through or makes it throw anything else', async () => {
    const part = fc.oneof(fc.string(), fc.json().map(base64url))
    await fc.assert(
      fc.asyncProperty(part, part, part, async (a, b, c) => {
        expect(await problemOf(`${a}.${b}.${c}`)).toBe('loginRequired')
      }),
    )
  })

  test('whatever a payload holds, it is refused or its subject is the one that was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.string({ unit: 'binary', minLength: 1 }),
        async (json, sub) => {
          const payload = `{"more":${json},"exp":${now() + 600},"sub":${JSON.stringify(sub)}}`
          const caller = await verify(sign(payload)).catch((error) => error)
          if (!(caller instanceof AppError)) expect(caller.userId).toBe(sub)
        },
      ),
    )
  })
})

describe('claims', () => {
  test.each<[string, (now: number) => Json, string]>([
    ['expired', (now) => ({ exp: now - 60 }), 'loginRequired'],
    ['expired within what clocks may differ', (now) => ({ exp: now - 2 }), 'none'],
    ['without an end', () => ({ exp: undefined }), 'loginRequired'],
    ['with an end that is text', (now) => ({ exp: String(now + 600) }), 'loginRequired'],
    ['with an end that is null', () => ({ exp: null }), 'loginRequired'],
    ['not valid yet', (now) => ({ nbf: now + 60 }), 'loginRequired'],
    ['not valid yet, within what clocks may differ', (now) => ({ nbf: now + 2 }), 'none'],
    ['issued in the future', (now) => ({ iat: now + 60 }), 'loginRequired'],
    ['issued in the future, within what clocks may differ', (now) => ({ iat: now + 2 }), 'none'],
    ['issued at a time that is text', () => ({ iat: 'today' }), 'loginRequired'],
    ['with an end that is in a list', (now) => ({ exp: [now + 600] }), 'loginRequired'],
    ['not valid before null', () => ({ nbf: null }), 'loginRequired'],
    ['not valid before a time that is text', (now) => ({ nbf: String(now - 60) }), 'loginRequired'],
    ['issued at null', () => ({ iat: null }), 'loginRequired'],
    ['of a list of one', () => ({ sub: ['alice'] }), 'loginRequired'],
    ['of half a character', () => ({ sub: 'alice\ud800' }), 'loginRequired'],
    ['of nobody', () => ({ sub: undefined }), 'loginRequired'],
    ['of an empty name', () => ({ sub: '' }), 'loginRequired'],
    ['of a number', () => ({ sub: 42 }), 'loginRequired'],
    ['of a name with a control', () => ({ sub: 'a\u0000b' }), 'loginRequired'],
    ['of a name that is too long', () => ({ sub: 'x'.repeat(129) }), 'loginRequired'],
    ['of another type', () => ({ token_type: 'refresh' }), 'invalidTokenType'],
    ['of a type in other letters', () => ({ token_type: 'Access' }), 'invalidTokenType'],
    ['of no type', () => ({ token_type: undefined }), 'none'],
    ['expired and of another type', () => ({ exp: 1, token_type: 'refresh' }), 'loginRequired'],
  ])('a token %s: %s', async (_, claims, problem) => {
    expect(await problemOf(sign({ ...good(), ...claims(now()) }))).toBe(problem)
  })

  test.each<[string, Json, string]>([
    ['as configured', { iss: 'https://id', aud: 'visage' }, 'none'],
    ['for several audiences, ours among them', { iss: 'https://id', aud: ['x', 'visage'] }, 'none'],
    ['of another issuer', { iss: 'https://evil', aud: 'visage' }, 'loginRequired'],
    ['for another audience', { iss: 'https://id', aud: 'other' }, 'loginRequired'],
    ['that tell neither', {}, 'loginRequired'],
  ])('issuer and audience %s: %s', async (_, claims, problem) => {
    const strict = verifier({ JWT_ISSUER: 'https://id', JWT_AUDIENCE: 'visage' })
    expect(await problemOf(sign({ ...good(), ...claims }), strict)).toBe(problem)
  })
})

describe('scopes', () => {
  test.each<[string, Json, boolean, boolean]>([
    ['a user’s own token', {}, true, true],
    ['a client with none', { client_id: 'app' }, false, false],
    ['a client with an empty list', { client_id: 'app', scopes: [] }, false, false],
    ['a client that reads', { client_id: 'app', scopes: ['UserInfo.Read'] }, true, false],
    ['a client that writes', { client_id: 'app', scopes: ['UserInfo.Write'] }, true, true],
    ['a text of several', { client_id: 'app', scopes: 'openid UserInfo.Write' }, true, true],
    [
      'a text of one that only begins so',
      { client_id: 'app', scopes: 'UserInfo.Writer' },
      false,
      false,
    ],
    ['other letters', { client_id: 'app', scopes: ['userinfo.write'] }, false, false],
    ['a client id that is null', { client_id: null }, false, false],
    [
      'scopes that are an object',
      { client_id: 'app', scopes: { 'UserInfo.Write': 1 } },
      false,
      false,
    ],
    ['scopes within scopes', { client_id: 'app', scopes: [['UserInfo.Write']] }, false, false],
  ])('%s', async (_, claims, reads, writes) => {
    const caller = await verify(sign({ ...good(), ...claims }))
    expect(caller.may('UserInfo.Read')).toBe(reads)
    expect(caller.may('UserInfo.Write')).toBe(writes)
  })
})

describe('the address', () => {
  const hashOf = async (email: unknown) => (await verify(sign({ ...good(), email }))).emailHash

  test('is told as the SHA-256 of its trimmed, lower-case form', async () => {
    const hash = createHash('sha256').update('alice@example.com').digest('hex')
    expect(await hashOf('alice@example.com')).toBe(hash)
    expect(await hashOf('  Alice@Example.COM\n')).toBe(hash)
  })

  test.each([undefined, null, '', '   ', 42, ['alice@example.com']])(
    '%j is none',
    async (email) => {
      expect(await hashOf(email)).toBeUndefined()
    },
  )
})
