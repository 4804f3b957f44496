import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { good, now, problemOf, sign, verifier, verify } from '../../../support/http/tokens.ts'
import type { Json } from '../../../support/pictures/craft.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('claims', () => {
  test.each<[string, Json, Json]>([
    ['ends', { exp: -4 }, { exp: -5 }],
    ['begins', { nbf: 5 }, { nbf: 6 }],
    ['was issued', { iat: 5 }, { iat: 6 }],
  ])('the time when a token %s may be off by five seconds and no more', async (_, near, far) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const at = (offsets: Json) =>
      Object.fromEntries(Object.entries(offsets).map(([name, off]) => [name, now() + Number(off)]))
    expect(await problemOf(sign({ ...good(), ...at(near) }))).toBe('none')
    expect(await problemOf(sign({ ...good(), ...at(far) }))).toBe('loginRequired')
  })

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
    ['without a user', () => ({ sub: undefined }), 'loginRequired'],
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
    ['that have neither', {}, 'loginRequired'],
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

  test('is hashed with SHA-256 in its trimmed, lower-case form', async () => {
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
