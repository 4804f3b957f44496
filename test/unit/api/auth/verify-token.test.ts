import { deflateRawSync } from 'node:zlib'
import { AppError } from '@visage/shared/errors/app-error'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  good,
  HEADER,
  now,
  problemOf,
  SECRET,
  seal,
  sign,
  verify,
  written,
} from '../../../support/http/tokens.ts'
import { base64url } from '../../../support/pictures/craft.ts'

/** Other letters for the same bytes: the last one has bits that decoding drops. */
function twin(part: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = `${part.slice(0, -1)}${letters[letters.indexOf(part.at(-1) ?? '') ^ 1]}`
  expect(other).not.toBe(part)
  expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(part, 'base64url'))
  return other
}

test('a valid token gives its user', async () => {
  expect(await verify(sign(good()))).toMatchObject({ userId: 'alice', emailHash: undefined })
})

/** A good token of so many characters. */
function ofLength(length: number): string {
  for (let kid = ''; kid.length < 4; kid += 'k')
    for (let padding = 5900; padding < 6200; padding++) {
      const token = sign({ ...good(), padding: 'x'.repeat(padding) }, { ...HEADER, kid })
      if (token.length === length) return token
    }
  throw new Error(`no token has ${length} characters`)
}

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
    ['a subject twice, with a space before its colon', written(',"sub" :"admin"')],
    ['a subject twice, with a line feed before its colon', written(',"sub"\n:"admin"')],
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
    ['one character more than 8 KiB', ofLength(8193)],
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

  test('a token of exactly 8 KiB is accepted', async () => {
    expect(await problemOf(ofLength(8192))).toBe('none')
  })

  test('keys inside the token are ignored', async () => {
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

  test('similar names, or equal names in two objects, are not duplicates', async () => {
    const members =
      ',"a":"b","b":"\\"a\\":","Sub":1,"c":[{"sub":1},{"sub":2}],"__proto__":{"sub":3}'
    expect(await problemOf(written(members))).toBe('none')
  })

  test('a token of one megabyte is refused before it is parsed', async () => {
    const look = { split: () => expect.fail('it was taken apart') }
    const token = Object.assign(new String('x'.repeat(2 ** 20)), look) as unknown as string
    expect(await problemOf(token)).toBe('loginRequired')
  })

  test('non-canonical base64url is refused, signed or not', async () => {
    const padded = base64url(JSON.stringify({ ...good(), sub: 'alice!' }).padEnd(100))
    expect(await problemOf(seal(`${head}.${padded}`))).toBe('none')
    expect(await problemOf(seal(`${head}.${twin(padded)}`))).toBe('loginRequired')
    expect(await problemOf(seal(`${head}.${padded}==`))).toBe('loginRequired')
    expect(await problemOf(`${head}.${body}.${twin(signature)}`)).toBe('loginRequired')
  })

  test('any other text is refused with a login error', async () => {
    const part = fc.oneof(fc.string(), fc.json().map(base64url))
    await fc.assert(
      fc.asyncProperty(part, part, part, async (a, b, c) => {
        expect(await problemOf(`${a}.${b}.${c}`)).toBe('loginRequired')
      }),
    )
  })

  test('any payload is refused or gives its own subject', async () => {
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
