import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { AppError } from '@visage/shared/errors/app-error'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Algorithm } from '../../../../apps/api/src/auth/algorithms.ts'
import { keySet } from '../../../../apps/api/src/auth/jwks.ts'
import type { FindKey } from '../../../../apps/api/src/auth/signature.ts'
import { eventually } from '../../../support/domain/eventually.ts'
import { recorder } from '../../../support/domain/log.ts'
import { type Jwk, jwkOf, KeyProvider } from '../../../support/http/key-provider.ts'
import { keyPairs } from '../../../support/http/keys.ts'

const { rsa, otherRsa, weakRsa, p256, otherP256, p384 } = keyPairs
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

let provider: KeyProvider
let keyFor: FindKey
let lines: ReturnType<typeof recorder>['lines']

beforeEach(async () => {
  // Only the clock that is read: what waits for the network waits for real.
  vi.useFakeTimers({ toFake: ['Date'] })
  provider = await KeyProvider.start()
  const recording = recorder()
  lines = recording.lines
  const settings = {
    url: new URL(provider.url),
    timeout: 300,
    maxAge: 10 * MINUTE,
    cooldown: 5 * SECOND,
  }
  keyFor = keySet(settings, recording.log)
})
afterEach(async () => {
  vi.useRealTimers()
  await provider.stop()
})

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)

/** What is found: the name of the pair, `none`, or the problem that is thrown. */
async function find(kid: unknown, alg: Algorithm = 'RS256'): Promise<string> {
  try {
    const key = await keyFor(alg, kid)
    const pair = Object.entries(keyPairs).find(([, { publicKey }]) => key?.equals(publicKey))
    return key ? (pair?.[0] ?? 'unknown') : 'none'
  } catch (error) {
    if (error instanceof AppError) return error.problem
    throw error
  }
}

describe('a key is found by its kid if its other members match', () => {
  test.each<[string, Jwk, Algorithm, string]>([
    ['RSA for RS256', jwkOf(rsa, 'k'), 'RS256', 'rsa'],
    ['RSA for PS512', jwkOf(rsa, 'k'), 'PS512', 'rsa'],
    ['RSA for its own algorithm', jwkOf(rsa, 'k', { alg: 'PS256' }), 'PS256', 'rsa'],
    ['EC for ES256', jwkOf(p256, 'k'), 'ES256', 'p256'],
    ['EC for ES384', jwkOf(p384, 'k'), 'ES384', 'p384'],
    ['one to verify with', jwkOf(rsa, 'k', { key_ops: ['verify'] }), 'RS256', 'rsa'],
    ['one whose use is not said', jwkOf(rsa, 'k', { use: undefined }), 'RS256', 'rsa'],
    ['RSA for another algorithm', jwkOf(rsa, 'k', { alg: 'RS256' }), 'PS256', 'none'],
    ['RSA for ES256', jwkOf(rsa, 'k'), 'ES256', 'none'],
    ['EC for RS256', jwkOf(p256, 'k'), 'RS256', 'none'],
    ['EC on another curve', jwkOf(p384, 'k'), 'ES256', 'none'],
    ['one for encryption', jwkOf(rsa, 'k', { use: 'enc' }), 'RS256', 'none'],
    ['one to encrypt with', jwkOf(rsa, 'k', { key_ops: ['encrypt'] }), 'RS256', 'none'],
    ['one of another kid', jwkOf(rsa, 'K'), 'RS256', 'none'],
    ['one without a kid', jwkOf(rsa, 'k', { kid: undefined }), 'RS256', 'none'],
    ['a secret', { kty: 'oct', kid: 'k', k: 'x'.repeat(43) }, 'HS256', 'keysUnavailable'],
    ['a secret for RS256', { kty: 'oct', kid: 'k', k: 'x'.repeat(43) }, 'RS256', 'none'],
    ['a weak one', jwkOf(weakRsa, 'k'), 'RS256', 'keysUnavailable'],
    ['a damaged one', jwkOf(rsa, 'k', { n: '' }), 'RS256', 'keysUnavailable'],
    ['a damaged point', jwkOf(p256, 'k', { x: 'AAAA' }), 'ES256', 'keysUnavailable'],
    [
      'a private one',
      { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'k' },
      'RS256',
      'keysUnavailable',
    ],
  ])('%s', async (_, jwk, alg, found) => {
    provider.publish(jwk, jwkOf(otherRsa, 'other'))
    expect(await find('k', alg)).toBe(found)
  })

  test('two keys of one kid are distinguished only by their type', async () => {
    provider.publish(jwkOf(rsa, 'k'), jwkOf(p256, 'k'), jwkOf(otherP256, 'k'))
    expect(await find('k', 'RS256')).toBe('rsa')
    expect(await find('k', 'ES256')).toBe('keysUnavailable')
  })

  test.each([undefined, null, '', 7, ['k'], { k: 1 }])(
    'a kid of %j is invalid and causes no fetch',
    async (kid) => {
      provider.publish(jwkOf(rsa, 'k'))
      expect(await find(kid)).toBe('none')
      expect(provider.asked).toBe(0)
    },
  )
})

describe('the provider gets few requests', () => {
  test('many tokens, concurrent or sequential, cause one fetch', async () => {
    provider.publish(jwkOf(rsa, 'a'))
    const found = await Promise.all(Array.from({ length: 20 }, () => find('a')))
    expect(new Set(found)).toEqual(new Set(['rsa']))
    for (let i = 0; i < 20; i++) {
      expect(await find('a')).toBe('rsa')
      await provider.quiet()
    }
    expect(provider.asked).toBe(1)
  })

  test('many unknown kids cause one fetch in the cooldown', async () => {
    provider.publish(jwkOf(rsa, 'a'))
    for (let i = 0; i < 20; i++) expect(await find(`x${i}`)).toBe('none')
    expect(provider.asked).toBe(1)
    later(6 * SECOND)
    for (let i = 0; i < 20; i++) expect(await find(`y${i}`)).toBe('none')
    expect(provider.asked).toBe(2)
  })

  test('after a failure it gets no request during the cooldown', async () => {
    provider.say('', 500)
    for (let i = 0; i < 20; i++) expect(await find('a')).toBe('keysUnavailable')
    expect(provider.asked).toBe(1)
    expect(lines).toHaveLength(1)
    provider.publish(jwkOf(rsa, 'a'))
    expect(await find('a')).toBe('keysUnavailable')
    later(6 * SECOND)
    expect(await find('a')).toBe('rsa')
    expect(provider.asked).toBe(2)
  })
})

describe('keys are rotated without a restart', () => {
  test('a new key is found by its first token, and a removed key is refused', async () => {
    provider.publish(jwkOf(rsa, 'a'))
    expect(await find('a')).toBe('rsa')
    provider.publish(jwkOf(rsa, 'a'), jwkOf(otherRsa, 'b'))
    later(6 * SECOND)
    expect([await find('b'), await find('a')]).toEqual(['otherRsa', 'rsa'])
    provider.publish(jwkOf(otherRsa, 'b'))
    later(6 * SECOND)
    expect([await find('c'), await find('a'), await find('b')]).toEqual([
      'none',
      'none',
      'otherRsa',
    ])
  })

  test('a replaced or removed key is noticed after the maximum age', async () => {
    provider.publish(jwkOf(rsa, 'a'))
    expect(await find('a')).toBe('rsa')
    provider.publish(jwkOf(otherRsa, 'a'))
    later(9 * MINUTE)
    expect(await find('a')).toBe('rsa')
    expect(provider.asked).toBe(1)
    later(2 * MINUTE)
    // The request that finds them old does not wait for the new ones.
    expect(await find('a')).toBe('rsa')
    await eventually('the new key', 5000, async () => (await find('a')) === 'otherRsa')
    expect(provider.asked).toBe(2)
  })
})

const troubles: [string, () => void | Promise<void>][] = [
  ['is gone', () => provider.stop()],
  ['answers 500', () => provider.say('{"keys":[]}', 500)],
  ['answers 204', () => provider.say('', 204)],
  ['sends elsewhere', () => provider.say('', 302, { Location: 'http://127.0.0.1:1/' })],
  ['says nothing', () => provider.answerBy(() => {})],
  ['stops in the middle', () => provider.answerBy((res) => res.writeHead(200).write('{"keys":['))],
  ['hangs up', () => provider.answerBy((res) => res.destroy())],
  ['sends nothing', () => provider.say('')],
  ['sends a page', () => provider.say('<!doctype html><title>Sign in</title>')],
  ['sends bytes', () => provider.say(Buffer.alloc(1000, 0xff))],
  ['sends null', () => provider.say('null')],
  ['sends a list', () => provider.say('[]')],
  ['sends an error as JSON', () => provider.say('{"error":"busy"}')],
  ['sends keys that are none', () => provider.say('{"keys":[1,null]}')],
  ['sends too much', () => provider.say(`{"keys":[${' '.repeat(300_000)}]}`)],
  [
    'sends too much in little',
    () =>
      provider.say(gzipSync(`{"keys":[${' '.repeat(9e6)}]}`), 200, { 'Content-Encoding': 'gzip' }),
  ],
]

describe('while the provider', () => {
  test.each(troubles)(
    '%s, cached keys are used and other tokens cannot be checked',
    async (_, cause) => {
      provider.publish(jwkOf(rsa, 'a'))
      expect(await find('a')).toBe('rsa')
      await cause()
      later(11 * MINUTE)
      expect(await find('a')).toBe('rsa')
      expect(await find('b')).toBe('keysUnavailable')
      expect(await find('a')).toBe('rsa')
      expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('JWT_JWKS_URL') }])
    },
  )

  test.each(troubles)('%s from the start, no token can be checked', async (_, cause) => {
    await cause()
    expect(await find('a')).toBe('keysUnavailable')
  })

  test('is unavailable for a day, its keys expire', async () => {
    provider.publish(jwkOf(rsa, 'a'))
    expect(await find('a')).toBe('rsa')
    provider.say('', 500)
    later(DAY - MINUTE)
    expect(await find('a')).toBe('rsa')
    later(2 * MINUTE)
    expect(await find('a')).toBe('keysUnavailable')
    provider.publish(jwkOf(rsa, 'a'))
    later(6 * SECOND)
    expect(await find('a')).toBe('rsa')
  })

  test('sends without end, it is cut off', async () => {
    let closed: Promise<unknown> | undefined
    provider.answerBy((res) => {
      closed = once(res, 'close')
      const more = () => {
        while (res.write(' '.repeat(65_536)));
      }
      res.on('drain', more)
      more()
    })
    expect(await find('a')).toBe('keysUnavailable')
    await closed
  })
})

test('a set without keys is taken at its word: the provider has withdrawn them', async () => {
  provider.publish(jwkOf(rsa, 'a'))
  expect(await find('a')).toBe('rsa')
  provider.publish()
  later(6 * SECOND)
  expect([await find('b'), await find('a')]).toEqual(['none', 'none'])
})
