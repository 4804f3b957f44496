import { readSettings } from '@visage/shared/config/read'
import { describe, expect, test } from 'vitest'
import {
  allowedAlgorithms,
  tokenProblems,
  tokenSettings,
} from '../../../../apps/api/src/auth/settings.ts'
import { configProblems } from '../../../support/domain/config-problems.ts'
import { keyPairs, pemOf } from '../../../support/http/keys.ts'

const read = (env: NodeJS.ProcessEnv) => readSettings(tokenSettings, env, tokenProblems)

const problemsOf = (env: NodeJS.ProcessEnv) => configProblems(() => read(env))

const { rsa, weakRsa, p256, p384, p521, secp256k1, ed25519 } = keyPairs
const SECRET = 's'.repeat(32)
const RSA = pemOf(rsa.publicKey)
const EC = pemOf(p256.publicKey)
const URL = 'https://id.example/keys'

describe('one key source', () => {
  test.each([
    ['a secret', { JWT_SECRET: SECRET }, ['HS256']],
    ['an RSA key', { JWT_PUBLIC_KEY: RSA }, ['RS256', 'PS256']],
    ['a P-256 key', { JWT_PUBLIC_KEY: EC }, ['ES256']],
    ['a P-384 key', { JWT_PUBLIC_KEY: pemOf(p384.publicKey) }, ['ES384']],
    ['a P-521 key', { JWT_PUBLIC_KEY: pemOf(p521.publicKey) }, ['ES512']],
    ['a key set', { JWT_JWKS_URL: URL }, ['RS256', 'PS256', 'ES256', 'ES384', 'ES512']],
    [
      'a configured algorithm for a secret',
      { JWT_SECRET: SECRET, JWT_ALGORITHMS: 'HS512' },
      ['HS512'],
    ],
    [
      'several for a key',
      { JWT_PUBLIC_KEY: RSA, JWT_ALGORITHMS: 'RS512, PS384' },
      ['RS512', 'PS384'],
    ],
    ['one for a key set', { JWT_JWKS_URL: URL, JWT_ALGORITHMS: 'ES256' }, ['ES256']],
  ])('%s: tokens may be signed with %3$j', (_, env, algorithms) => {
    expect(allowedAlgorithms(read(env))).toEqual(algorithms)
  })

  test('a key whose lines end in two characters, as files of variables have it', () => {
    const { jwtPublicKey } = read({ JWT_PUBLIC_KEY: RSA.trim().replaceAll('\n', '\\n') })
    expect(jwtPublicKey?.equals(rsa.publicKey)).toBe(true)
  })

  test.each([
    'http://localhost:8080/keys',
    'http://127.0.0.1/keys',
    'http://127.10.20.30/keys',
    'http://[::1]:1/keys',
  ])('%s on this machine may be plain http', (url) => {
    expect(problemsOf({ JWT_JWKS_URL: url })).toEqual([])
  })

  test('elsewhere only where that is said', () => {
    const env = { JWT_JWKS_URL: 'http://id.internal/keys' }
    expect(problemsOf(env)).toEqual([
      'JWT_JWKS_URL uses plain http. It must use https, or JWT_JWKS_INSECURE must be true.',
    ])
    expect(problemsOf({ ...env, JWT_JWKS_INSECURE: 'true' })).toEqual([])
  })
})

describe('it does not boot, and names the variable but never its value', () => {
  const privateKey = pemOf(rsa.privateKey)
  const algorithms = (env: object, names: string) => ({ ...env, JWT_ALGORITHMS: names })

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['without any source', {}, /^None of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL is set/],
    [
      'with a secret and a key',
      { JWT_SECRET: SECRET, JWT_PUBLIC_KEY: RSA },
      /^JWT_SECRET and JWT_PUBLIC_KEY are set/,
    ],
    [
      'with all three',
      { JWT_SECRET: SECRET, JWT_PUBLIC_KEY: RSA, JWT_JWKS_URL: URL },
      /^JWT_SECRET and JWT_PUBLIC_KEY and JWT_JWKS_URL are set/,
    ],
    ['a weak secret', { JWT_SECRET: 's'.repeat(31) }, /^JWT_SECRET .*at least 32 bytes/],
    ['a public key as secret', { JWT_SECRET: RSA }, /^JWT_SECRET .*not a PEM/],
    ['a private key as secret', { JWT_SECRET: privateKey }, /^JWT_SECRET .*not a PEM/],
    ['a secret as public key', { JWT_PUBLIC_KEY: SECRET }, /^JWT_PUBLIC_KEY /],
    ['a private key as public key', { JWT_PUBLIC_KEY: privateKey }, /^JWT_PUBLIC_KEY /],
    ['two keys', { JWT_PUBLIC_KEY: RSA + EC }, /^JWT_PUBLIC_KEY /],
    ['a private key after a public one', { JWT_PUBLIC_KEY: RSA + privateKey }, /^JWT_PUBLIC_KEY /],
    ['a key that is cut off', { JWT_PUBLIC_KEY: RSA.replace(/.{30}\n/, '\n') }, /^JWT_PUBLIC_KEY /],
    [
      'a weak RSA key',
      { JWT_PUBLIC_KEY: pemOf(weakRsa.publicKey) },
      /^JWT_PUBLIC_KEY .*at least 2048/,
    ],
    [
      'a curve that is not used',
      { JWT_PUBLIC_KEY: pemOf(secp256k1.publicKey) },
      /^JWT_PUBLIC_KEY .*P-256/,
    ],
    ['a kind that is not used', { JWT_PUBLIC_KEY: pemOf(ed25519.publicKey) }, /^JWT_PUBLIC_KEY /],
    ['an address that is none', { JWT_JWKS_URL: 'id.example' }, /^JWT_JWKS_URL /],
    ['a file as address', { JWT_JWKS_URL: 'file:///etc/keys' }, /^JWT_JWKS_URL /],
    ['a password in the address', { JWT_JWKS_URL: 'https://u:p@id.example' }, /^JWT_JWKS_URL /],
    ['http that only begins like loopback', { JWT_JWKS_URL: 'http://127.0.0.1.example/' }, /https/],
    ['http that only ends like loopback', { JWT_JWKS_URL: 'http://notlocalhost/keys' }, /https/],
    ['http to a name under localhost', { JWT_JWKS_URL: 'http://keys.localhost/' }, /https/],
    ['no algorithm', algorithms({ JWT_SECRET: SECRET }, 'none'), /^JWT_ALGORITHMS /],
    ['an algorithm and none', algorithms({ JWT_SECRET: SECRET }, 'HS256,none'), /^JWT_ALGORITHMS /],
    [
      'an algorithm in other letters',
      algorithms({ JWT_SECRET: SECRET }, 'hs256'),
      /^JWT_ALGORITHMS /,
    ],
    ['an empty algorithm', algorithms({ JWT_SECRET: SECRET }, 'HS256,'), /^JWT_ALGORITHMS /],
    [
      'HS with a key',
      algorithms({ JWT_PUBLIC_KEY: RSA }, 'RS256,HS256'),
      /^JWT_ALGORITHMS .*JWT_PUBLIC_KEY\. Use only RS256,/,
    ],
    [
      'HS with a key set',
      algorithms({ JWT_JWKS_URL: URL }, 'HS256'),
      /^JWT_ALGORITHMS .*JWT_JWKS_URL\. Use only RS256,/,
    ],
    [
      'RS with a secret',
      algorithms({ JWT_SECRET: SECRET }, 'RS256'),
      /^JWT_ALGORITHMS .*JWT_SECRET\. Use only HS256,/,
    ],
    [
      'RS with an EC key',
      algorithms({ JWT_PUBLIC_KEY: EC }, 'RS256'),
      /^JWT_ALGORITHMS .*JWT_PUBLIC_KEY\. Use only ES256\.$/,
    ],
    [
      'ES of another curve',
      algorithms({ JWT_PUBLIC_KEY: EC }, 'ES384'),
      /^JWT_ALGORITHMS .*only ES256\.$/,
    ],
    [
      'ES with an RSA key',
      algorithms({ JWT_PUBLIC_KEY: RSA }, 'ES256'),
      /^JWT_ALGORITHMS .*only RS256,/,
    ],
  ])('%s', (_, env, problem) => {
    const problems = problemsOf(env)
    expect(problems).toEqual([expect.stringMatching(problem)])
    for (const value of Object.values(env))
      if (value && !value.includes('S256')) expect(`${problems}`).not.toContain(value)
  })

  test('all problems at once', () => {
    const env = { JWT_SECRET: 'weak', JWT_JWKS_URL: 'id', JWT_ALGORITHMS: 'none' }
    expect(problemsOf(env).map((problem) => problem.split(' ')[0])).toEqual([
      'JWT_SECRET',
      'JWT_JWKS_URL',
      'JWT_ALGORITHMS',
      'JWT_SECRET',
    ])
  })
})
