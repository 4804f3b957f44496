import { createHash, createHmac } from 'node:crypto'
import { AppError } from '@visage/shared/errors/app-error'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyToken } from '../../../../apps/api/src/http/token.ts'

type Json = Readonly<Record<string, unknown>>

const SECRET = 'a-secret-that-only-these-tests-know-0123456789'
const CONFIG: Parameters<typeof verifyToken>[1] = {
  jwtSecret: SECRET,
  jwtIssuer: undefined,
  jwtAudience: undefined,
}
const HEADER = { alg: 'HS256', typ: 'JWT' }

const now = () => Math.floor(Date.now() / 1000)
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const good = (): Json => ({ sub: 'alice', exp: now() + 600, token_type: 'access' })

/** Signs whatever it is given, which a library that knows better would not. */
function sign(claims: unknown, header: Json = HEADER, secret = SECRET, hash = 'sha256'): string {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`
  return seal(signed, secret, hash)
}

const seal = (signed: string, secret = SECRET, hash = 'sha256') =>
  `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`

/** Other letters for the same bytes: the last one has bits that decoding drops. */
function twin(part: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = `${part.slice(0, -1)}${letters[letters.indexOf(part.at(-1) ?? '') ^ 1]}`
  expect(other).not.toBe(part)
  expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(part, 'base64url'))
  return other
}

function problemOf(token: string, config = CONFIG): string {
  try {
    verifyToken(token, config)
  } catch (error) {
    if (error instanceof AppError) return error.problem
    throw error
  }
  return 'none'
}

test('a good token tells who asks', () => {
  expect(verifyToken(sign(good()), CONFIG)).toMatchObject({ userId: 'alice', emailHash: undefined })
})

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
    ['HS512', sign(good(), { alg: 'HS512' }, SECRET, 'sha512')],
    ['HS512 by name only', sign(good(), { alg: 'HS512' })],
    ['RS256 by name only', sign(good(), { alg: 'RS256' })],
    ['a critical header that we do not know', sign(good(), { ...HEADER, crit: ['exp'] })],
    ['a list of claims', sign([good()])],
    ['claims that are a text', sign('alice')],
    ['more than 8 KiB', sign({ ...good(), padding: 'x'.repeat(8192) })],
  ])('%s is refused', (_, token) => {
    expect(problemOf(token)).toBe('loginRequired')
  })

  test('letters that only decode to the same bytes are refused, signed or not', () => {
    const padded = base64url(JSON.stringify({ ...good(), sub: 'alice!' }).padEnd(100))
    expect(problemOf(seal(`${head}.${padded}`))).toBe('none')
    expect(problemOf(seal(`${head}.${twin(padded)}`))).toBe('loginRequired')
    expect(problemOf(seal(`${head}.${padded}==`))).toBe('loginRequired')
    expect(problemOf(`${head}.${body}.${twin(signature)}`)).toBe('loginRequired')
  })

  test('no text gets through or makes it throw anything else', () => {
    const part = fc.oneof(fc.string(), fc.json().map(base64url))
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(problemOf(`${a}.${b}.${c}`)).toBe('loginRequired')
      }),
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
    ['of nobody', () => ({ sub: undefined }), 'loginRequired'],
    ['of an empty name', () => ({ sub: '' }), 'loginRequired'],
    ['of a number', () => ({ sub: 42 }), 'loginRequired'],
    ['of a name with a control', () => ({ sub: 'a\u0000b' }), 'loginRequired'],
    ['of a name that is too long', () => ({ sub: 'x'.repeat(129) }), 'loginRequired'],
    ['of another type', () => ({ token_type: 'refresh' }), 'invalidTokenType'],
    ['of a type in other letters', () => ({ token_type: 'Access' }), 'invalidTokenType'],
    ['of no type', () => ({ token_type: undefined }), 'none'],
    ['expired and of another type', () => ({ exp: 1, token_type: 'refresh' }), 'loginRequired'],
  ])('a token %s: %s', (_, claims, problem) => {
    expect(problemOf(sign({ ...good(), ...claims(now()) }))).toBe(problem)
  })

  test.each<[string, Json, string]>([
    ['as configured', { iss: 'https://id', aud: 'visage' }, 'none'],
    ['for several audiences, ours among them', { iss: 'https://id', aud: ['x', 'visage'] }, 'none'],
    ['of another issuer', { iss: 'https://evil', aud: 'visage' }, 'loginRequired'],
    ['for another audience', { iss: 'https://id', aud: 'other' }, 'loginRequired'],
    ['that tell neither', {}, 'loginRequired'],
  ])('issuer and audience %s: %s', (_, claims, problem) => {
    const config = { jwtSecret: SECRET, jwtIssuer: 'https://id', jwtAudience: 'visage' }
    expect(problemOf(sign({ ...good(), ...claims }), config)).toBe(problem)
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
  ])('%s', (_, claims, reads, writes) => {
    const caller = verifyToken(sign({ ...good(), ...claims }), CONFIG)
    expect(caller.may('UserInfo.Read')).toBe(reads)
    expect(caller.may('UserInfo.Write')).toBe(writes)
  })
})

describe('the address', () => {
  const hashOf = (email: unknown) => verifyToken(sign({ ...good(), email }), CONFIG).emailHash

  test('is told as the SHA-256 of its trimmed, lower-case form', () => {
    const hash = createHash('sha256').update('alice@example.com').digest('hex')
    expect(hashOf('alice@example.com')).toBe(hash)
    expect(hashOf('  Alice@Example.COM\n')).toBe(hash)
  })

  test.each([undefined, null, '', '   ', 42, ['alice@example.com']])('%j is none', (email) => {
    expect(hashOf(email)).toBeUndefined()
  })
})
